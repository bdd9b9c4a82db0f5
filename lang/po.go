package lang

import (
	"fmt"
	"strconv"
	"strings"
)

// Entry is one message of a catalog.
type Entry struct {
	English, Text string
	Line          int // of the msgid, from 1
}

// ParsePO reads a catalog in gettext's .po format: comments, msgid and msgstr.
// Blank lines mean nothing, so that catalogs can be merged line by line.
// Plurals and contexts are not read: no message has them.
func ParsePO(text string) ([]Entry, error) {
	var entries []Entry
	var open *string // the string that a line of quotes continues
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		quoted := line
		if keyword, rest, ok := strings.Cut(line, " "); ok && line[0] != '"' {
			quoted = strings.TrimSpace(rest)
			switch {
			case keyword == "msgid" && (len(entries) == 0 || entries[len(entries)-1].Text != ""):
				entries = append(entries, Entry{Line: n})
				open = &entries[len(entries)-1].English
			case keyword == "msgstr" && len(entries) > 0 && open == &entries[len(entries)-1].English:
				open = &entries[len(entries)-1].Text
			default:
				return nil, fmt.Errorf("line %d: %s stands where it does not belong", n, keyword)
			}
		}
		part, err := strconv.Unquote(quoted)
		if err != nil || open == nil || quoted[0] != '"' {
			return nil, fmt.Errorf("line %d: %s is no quoted string", n, quoted)
		}
		*open += part
	}
	if len(entries) > 0 && entries[len(entries)-1].Text == "" {
		return nil, fmt.Errorf("line %d: the last msgid has no msgstr", n)
	}
	return entries, nil
}
