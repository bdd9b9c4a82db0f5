package directive

import (
	_ "embed"
	"strings"
	"sync"
)

// descriptions.tsv says in one line what each directive does, and its default
// where it has one that can be written, from the directive's declaration in
// nginx's source and its manual: name, description, default.
//
//go:embed descriptions.tsv
var descriptionTable string

// Description is what a directive does, in a few words.
type Description struct {
	Text    string
	Default string // as it would be written; "" when there is none to write
}

var descriptions = sync.OnceValue(func() map[string]Description {
	all := make(map[string]Description, Names)
	for line := range strings.Lines(descriptionTable) {
		fields := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(fields) < 2 {
			continue
		}
		d := Description{Text: fields[1]}
		if len(fields) > 2 {
			d.Default = fields[2]
		}
		all[fields[0]] = d
	}
	return all
})

// Describe returns what a directive does. It is false for names that the table
// does not hold.
func Describe(name string) (Description, bool) {
	d, ok := descriptions()[name]
	return d, ok
}

// All returns the names of the table in alphabetical order.
func All() []string {
	names := make([]string, Names)
	for i := range names {
		names[i] = ID(i).Name()
	}
	return names
}
