package pair

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Unit is a systemd unit file that stands among the files of a pair.
type Unit struct {
	*diag.File
	Entries []UnitEntry
}

// UnitEntry is one assignment of a unit.
type UnitEntry struct {
	Section, Key, Value string
	Span                diag.Span // the whole line
}

// ParseUnit reads a unit as systemd.syntax(7) describes it: sections, KEY=VALUE,
// comments that start with # or ;, and a backslash that continues a line.
func ParseUnit(name, src string) *Unit {
	u := &Unit{File: diag.NewFile(name, src)}
	section := ""
	var pending []string // the lines that a backslash continues
	start := 0
	for at := 0; at < len(src); {
		end := len(src)
		if n := strings.IndexByte(src[at:], '\n'); n >= 0 {
			end = at + n
		}
		line := strings.TrimSpace(src[at:end])
		if len(pending) == 0 {
			start = at
		}
		switch {
		case line == "" && len(pending) == 0, strings.HasPrefix(line, "#"), strings.HasPrefix(line, ";"):
		case strings.HasSuffix(line, `\`):
			pending = append(pending, strings.TrimSuffix(line, `\`))
		default:
			line, pending = strings.Join(append(pending, line), " "), nil
			if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
				section = line[1 : len(line)-1]
			} else if key, value, ok := strings.Cut(line, "="); ok {
				u.Entries = append(u.Entries, UnitEntry{section, strings.TrimSpace(key), strings.TrimSpace(value), diag.Span{Start: start, End: end}})
			}
		}
		at = end + 1
	}
	return u
}

// All returns the values of a key in a section, in order; an empty assignment
// drops the ones before it, as systemd does for lists.
func (u *Unit) All(section, key string) []string {
	var values []string
	for _, e := range u.Entries {
		if e.Section != section || e.Key != key {
			continue
		}
		if e.Value == "" {
			values = nil
			continue
		}
		values = append(values, e.Value)
	}
	return values
}
