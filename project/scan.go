package project

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// entry is one key of a text, with its place. ini.v1 knows no places, so the
// lines are read a second time for them.
type entry struct {
	section string
	key     string
	keySpan diag.Span
	// value covers what follows the =, without white space around it.
	value diag.Span
	// line covers the entry's lines, with the last line's ending.
	line diag.Span
}

// header is a section's line.
type header struct {
	name string
	span diag.Span
	// end is the offset after the section's last entry, where a new one goes.
	end int
}

// scan finds the sections and keys of a text as ini.v1 reads them: key = value,
// comments that start with # or ;, and values between triple quotes that may
// span lines. bad holds lines that are none of these.
func scan(f *diag.File) (headers []header, entries []entry, bad []diag.Span) {
	section := ""
	src := f.Src
	for at := 0; at < len(src); {
		end, next := lineEnd(src, at)
		line := src[at:end]
		text := strings.TrimSpace(line)
		start := at + strings.Index(line, text)
		switch {
		case text == "", text[0] == '#', text[0] == ';':
		case text[0] == '[':
			if !strings.HasSuffix(text, "]") {
				bad = append(bad, diag.Span{Start: start, End: start + len(text)})
				break
			}
			section = strings.TrimSpace(text[1 : len(text)-1])
			headers = append(headers, header{section, diag.Span{Start: start, End: start + len(text)}, next})
		default:
			eq := strings.IndexByte(text, '=')
			if eq <= 0 {
				bad = append(bad, diag.Span{Start: start, End: start + len(text)})
				break
			}
			key := strings.TrimSpace(text[:eq])
			value := strings.TrimSpace(text[eq+1:])
			from := start + len(text) - len(value)
			if value == "" {
				from = start + len(text)
			}
			e := entry{section, key, diag.Span{Start: start, End: start + len(key)}, diag.Span{Start: from, End: start + len(text)}, diag.Span{Start: at, End: next}}
			if strings.HasPrefix(value, `"""`) && strings.Count(value, `"""`) == 1 {
				if n := strings.Index(src[next:], `"""`); n >= 0 {
					e.value.End = next + n + 3
					_, next = lineEnd(src, e.value.End)
					e.line.End = next
				}
			}
			entries = append(entries, e)
			if n := len(headers); n > 0 {
				headers[n-1].end = next
			}
		}
		at = next
	}
	return headers, entries, bad
}

// lineEnd returns the offset of the line's ending and of the next line.
func lineEnd(src string, at int) (end, next int) {
	if n := strings.IndexByte(src[at:], '\n'); n >= 0 {
		return at + n, at + n + 1
	}
	return len(src), len(src)
}

// Settings returns the keys of one section of a text, in order, with their
// places, and the lines that are neither section, key nor comment.
func Settings(f *diag.File, section string) (found []Setting, bad []diag.Span) {
	_, entries, bad := scan(f)
	for _, e := range entries {
		if e.section == section {
			found = append(found, Setting{
				e.key, strings.TrimSpace(strings.Trim(f.Text(e.value), `"`)),
				diag.Location{File: f, Span: e.keySpan}, diag.Location{File: f, Span: e.value},
			})
		}
	}
	return found, bad
}
