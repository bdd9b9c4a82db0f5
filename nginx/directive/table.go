package directive

//go:generate go run ./generate

import (
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Stable is the newest stable release when the table was made; it also knows the
// mainline releases that came after, up to 1.31.4.
const Stable = "1.30.3"

// None is the ID of a name that is not in the table.
const None ID = 0xffff

// ID numbers the names of the table, in alphabetical order.
type ID uint16

// Names is the number of names in the table.
const Names = len(starts) - 1

// Find returns the ID of a directive's name, or None. Names are compared as
// nginx does: upper and lower case differ.
func Find(name string) ID {
	if len(name) == 0 || len(name) > longest {
		return None
	}
	for slot := hash(name) & (slots - 1); ; slot = (slot + 1) & (slots - 1) {
		id := ID(index[slot])
		if id == None {
			return None
		}
		if rows[starts[id]].Name == name {
			return id
		}
	}
}

// hash is FNV-1a, which the generator uses to lay out the index.
func hash(name string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(name); i++ {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h ^ h>>15
}

// Rows returns the rows of a name; nil for None. They are shared: read only.
func (id ID) Rows() []Row {
	if int(id) >= Names {
		return nil
	}
	return rows[starts[id]:starts[id+1]:starts[id+1]]
}

// Name returns the name; "" for None.
func (id ID) Name() string {
	if int(id) >= Names {
		return ""
	}
	return rows[starts[id]].Name
}

// Lookup returns the rows of a directive's name, or nil when no release of
// nginx knows it. They are shared: read only.
func Lookup(name string) []Row { return Find(name).Rows() }

// In returns the row of the name that holds in context c, nil when there is
// none. Where several do, the one that the newest releases know is taken.
func (id ID) In(c Context) *Row {
	all := id.Rows()
	var found *Row
	for i := range all {
		if all[i].Contexts&(c|Any) == 0 {
			continue
		}
		if all[i].Until == "" {
			return &all[i]
		}
		found = &all[i]
	}
	return found
}

// In tells whether an nginx release, such as "1.22.1", knows the row. Every row
// is known when the release is not (an empty string).
func (r *Row) In(release string) bool {
	if release == "" {
		return true
	}
	return (r.Since == "" || Compare(release, r.Since) >= 0) && (r.Until == "" || Compare(release, r.Until) <= 0)
}

// Compare compares two releases number by number: "1.9.2" is below "1.22".
func Compare(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		m, _ := strconv.Atoi(x)
		n, _ := strconv.Atoi(y)
		if m != n {
			if m < n {
				return -1
			}
			return 1
		}
	}
	return 0
}

// Accepts tells whether nginx takes n arguments (ngx_conf_handler in
// core/ngx_conf_file.c).
func (a Args) Accepts(n int) bool {
	switch {
	case a&AnyCount != 0:
		return true
	case a&Flag != 0:
		return n == 1
	case a&OneMore != 0:
		return n >= 1
	case a&TwoMore != 0:
		return n >= 2
	}
	return n < 8 && a&(1<<n) != 0
}

// String returns the counts in words, such as "1 or 2 arguments".
func (a Args) String() string { return a.Text().String() }

// Text returns the counts in words.
func (a Args) Text() diag.Text {
	switch {
	case a&AnyCount != 0:
		return diag.T("any number of arguments")
	case a&Flag != 0:
		return diag.T("on or off")
	case a&OneMore != 0:
		return diag.T("at least 1 argument")
	case a&TwoMore != 0:
		return diag.T("at least 2 arguments")
	case a == 0 || a == 1:
		return diag.T("no arguments")
	case a == 1<<1:
		return diag.T("1 argument")
	}
	var counts []string
	for n := range 8 {
		if a&(1<<n) != 0 {
			counts = append(counts, strconv.Itoa(n))
		}
	}
	return diag.T("%s arguments", diag.Or(counts))
}
