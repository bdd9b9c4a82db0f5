package option

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// descriptions.tsv says in one line what each option does, from the option's
// handler in uWSGI's source: name, description, default.
//
//go:embed descriptions.tsv
var descriptionTable string

// Description is what an option does, in a few words.
type Description struct {
	Text    string
	Default string // what holds when it is not set; "" when nothing does
}

var descriptions = sync.OnceValue(func() map[string]Description {
	all := map[string]Description{}
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

// Describe returns what an option does; an alias that does the same is described
// by the name that it stands for. It is false where there is no description.
func Describe(name string) (Description, bool) {
	if d, ok := descriptions()[name]; ok {
		return d, true
	}
	for _, row := range Lookup(name) {
		for _, other := range Aliases(name) {
			same := func(o Option) bool { return o.Handler == row.Handler }
			if d, ok := descriptions()[other]; ok && slices.ContainsFunc(Lookup(other), same) {
				return d, true
			}
		}
	}
	return Description{}, false
}
