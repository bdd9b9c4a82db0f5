package option

import (
	"slices"
	"sort"
	"strings"
)

//go:generate go run ./generate

// Lookup returns the rows of the options called name: none when uWSGI and its
// plugins have no such option, several when plugins share a name. The result
// is part of the table and must not be changed.
func Lookup(name string) []Option {
	lo := sort.Search(len(table), func(i int) bool { return table[i].Name >= name })
	hi := lo
	for hi < len(table) && table[hi].Name == name {
		hi++
	}
	return table[lo:hi:hi]
}

// All returns every option in the order of their names. The result is the
// table itself and must not be changed.
func All() []Option { return table[:] }

// Aliases returns the other names of an option's setting, in the order of the
// alphabet: setting one of them overrides, or adds to, what name sets.
func Aliases(name string) []string {
	var names []string
	for _, o := range Lookup(name) {
		for i := range table {
			other := table[i].Name
			if table[i].Setting == o.Setting && other != name && !slices.Contains(names, other) {
				names = append(names, other)
			}
		}
	}
	return names
}

// Same tells whether two names are one option or aliases of each other.
func Same(a, b string) bool {
	if a == b {
		return true
	}
	for _, x := range Lookup(a) {
		for _, y := range Lookup(b) {
			if x.Setting == y.Setting {
				return true
			}
		}
	}
	return false
}

// IsEnd tells whether a key ends a block of logic (core/config.c,
// add_exported_option_do).
func IsEnd(name string) bool {
	switch name {
	case "end", "endfor", "endif", "end-if", "end-for":
		return true
	}
	return false
}

// meant returns the option behind a name that people write and that no few
// edits lead to, or "".
func meant(name string) string {
	switch name {
	case "bind", "port":
		return "socket"
	case "user":
		return "uid"
	case "group":
		return "gid"
	case "home-dir", "python-home":
		return "home"
	case "log", "log-file", "logfile":
		return "logto"
	case "pid", "pid-file":
		return "pidfile"
	case "timeout":
		return "harakiri"
	case "virtual-env":
		return "virtualenv"
	case "working-directory":
		return "chdir"
	}
	return ""
}

// Nearest returns the option that a misspelled name most likely means: the
// same name with hyphens and small letters, a name that people confuse with
// it, or one that is a few edits away. It is "" when nothing is near, and name
// itself when it is an option.
func Nearest(name string) string {
	plain := strings.ToLower(strings.ReplaceAll(strings.Trim(name, "-_ "), "_", "-"))
	for _, candidate := range []string{name, plain, strings.ReplaceAll(plain, " ", "-")} {
		if len(Lookup(candidate)) > 0 {
			return candidate
		}
	}
	if to := meant(plain); to != "" {
		return to
	}
	limit := min(len(plain)/4, 3)
	if len(plain) == 3 {
		limit = 1
	}
	if limit == 0 || len(plain) > 64 {
		return ""
	}
	best, bestRank := "", 0
	for i := range table {
		other := table[i].Name
		if len(other)-len(plain) > limit || len(plain)-len(other) > limit {
			continue
		}
		d := distance(plain, other, limit)
		if d > limit {
			continue
		}
		// Of equally near names, the core's and Python's are likelier than a rare plugin's.
		rank := 4 * d
		if p := table[i].Plugin; p != "core" && p != "python" {
			rank += 2
		}
		if plain[0] != other[0] {
			rank++
		}
		if best == "" || rank < bestRank {
			best, bestRank = other, rank
		}
	}
	return best
}

// distance is the number of insertions, deletions, replacements and swaps of
// neighbors between two short names, or limit+1 when it is larger.
func distance(a, b string, limit int) int {
	var rows [3][72]int
	before, last, row := rows[0][:len(b)+1], rows[1][:len(b)+1], rows[2][:len(b)+1]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		smallest := i
		for j := 1; j <= len(b); j++ {
			d := last[j-1]
			if a[i-1] != b[j-1] {
				d = 1 + min(d, last[j], row[j-1])
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d = min(d, before[j-2]+1)
				}
			}
			row[j] = d
			smallest = min(smallest, d)
		}
		if smallest > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
