package uwsgi

import (
	"path"
	"sort"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// uWSGI replaces % and the byte after it in the whole file before it looks at
// lines, comments or sections (core/utils.c, magic_sub). A pair that means
// nothing is deleted, even when its second byte is the line's end.

// magicVars are the values of the magic variables of one file
// (core/uwsgi.c, config_magic_table_fill).
type magicVars struct {
	path    string // absolute on the server, as far as that is known
	given   string // as it was given to uWSGI: %o
	section string // the section asked for, or "": %x
	cwd     string // the folder that uWSGI is started in, or "" when unknown: %v
	main    *magicVars
}

// meaning is what a magic variable's value depends on.
type meaning uint8

const (
	deleted meaning = iota // no such variable
	fixed                  // the same everywhere
	placed                 // the file's folder: right as long as the file stays where it is
	unknown                // the machine or the moment
)

// value returns what stands for % and c.
func (m *magicVars) value(c byte) (string, meaning) {
	switch c {
	case '%':
		return "%", fixed
	case '(':
		return "%(", fixed
	case '[':
		return "\x1b", fixed
	case 'x':
		return m.section, fixed
	case 's', 'n', 'e':
		base := path.Base(m.path)
		if m.path == "" {
			return "", unknown
		}
		dot := strings.LastIndexByte(base, '.')
		switch {
		case c == 's':
			return base, fixed
		case c == 'n' && dot >= 0:
			return base[:dot], fixed
		case c == 'e' && dot >= 0:
			return base[dot+1:], fixed
		}
		return "", fixed
	case 'd', 'p', 'c', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if !path.IsAbs(m.path) {
			return "", unknown
		}
		dir := path.Dir(m.path)
		switch c {
		case 'd':
			return strings.TrimSuffix(dir, "/") + "/", placed
		case 'p':
			return m.path, placed
		case 'c':
			return strings.TrimPrefix(path.Base(dir), "/"), placed
		}
		parts := strings.Split(strings.Trim(dir, "/"), "/")
		if n := int(c - '0'); n < len(parts) {
			return parts[n], placed
		}
		return "", placed
	case 'o':
		return m.given, placed
	case 'C', 'D', 'E', 'N', 'O', 'P', 'S', 'X':
		// The first file that is no template; empty when it was given by its bare name.
		if m.main == nil {
			return "", unknown
		}
		v, _ := m.main.value(c | 0x20)
		return v, placed
	case 'v':
		if m.cwd != "" {
			return m.cwd, placed
		}
		return "", unknown
	case 'G', 'T', 'U', 'V', 'b', 'g', 'h', 'i', 'j', 'k', 't', 'u':
		return "", unknown
	}
	return "", deleted
}

// stray is a % that deletes the byte after it.
type stray struct {
	at    int // byte offset of the % in the source
	out   int // where it would stand in the expanded text
	char  byte
	final bool // nothing follows: the file's end
}

// replaced is a % and its byte that stand in the source for other text.
type replaced struct {
	out, outLen int // in the expanded text
	src         int // in the source; 2 bytes long
	meaning     meaning
}

// expansion is a source text after the % pass, with the way back to it.
type expansion struct {
	text   string
	size   int // of the source in bytes
	edits  []replaced
	strays []stray
}

// expand applies the % pass. Variables whose value cannot be known here stay
// as they are written.
func expand(src string, m *magicVars) expansion {
	i := strings.IndexByte(src, '%')
	if i < 0 {
		return expansion{text: src, size: len(src)}
	}
	x := expansion{size: len(src)}
	var b strings.Builder
	b.Grow(len(src))
	for at := 0; ; {
		b.WriteString(src[at:i])
		if i+1 == len(src) {
			x.strays = append(x.strays, stray{at: i, out: b.Len(), final: true})
			x.edits = append(x.edits, replaced{out: b.Len(), src: i, meaning: deleted})
			break
		}
		c := src[i+1]
		value, meaning := m.value(c)
		switch {
		case c == '(':
			b.WriteString("%(")
		case meaning == unknown:
			x.edits = append(x.edits, replaced{out: b.Len(), outLen: 2, src: i, meaning: unknown})
			b.WriteString(src[i : i+2])
		default:
			if meaning == deleted {
				x.strays = append(x.strays, stray{at: i, out: b.Len(), char: c})
			}
			x.edits = append(x.edits, replaced{out: b.Len(), outLen: len(value), src: i, meaning: meaning})
			b.WriteString(value)
		}
		at = i + 2
		next := strings.IndexByte(src[at:], '%')
		if next < 0 {
			b.WriteString(src[at:])
			break
		}
		i = at + next
	}
	x.text = b.String()
	return x
}

// before returns the number of edits that begin before an offset of the text.
func (x *expansion) before(out int) int {
	return sort.Search(len(x.edits), func(i int) bool { return x.edits[i].out >= out })
}

// start returns the source offset of the byte at out.
func (x *expansion) start(out int) int {
	n := x.before(out)
	if n == 0 {
		return out
	}
	e := x.edits[n-1]
	if out < e.out+e.outLen {
		return e.src
	}
	return min(e.src+2+out-e.out-e.outLen, x.size)
}

// end returns the source offset after the byte before out.
func (x *expansion) end(out int) int {
	n := x.before(out)
	switch {
	case out == len(x.text):
		return x.size
	case n == 0:
		return out
	}
	e := x.edits[n-1]
	return min(e.src+2+max(0, out-e.out-e.outLen), x.size)
}

// span returns the source of text[start:end].
func (x *expansion) span(start, end int) diag.Span {
	if len(x.edits) == 0 {
		return diag.Span{Start: start, End: end}
	}
	s := x.start(start)
	return diag.Span{Start: s, End: max(s, x.end(end))}
}

// depends tells whether text[start:end] holds something of the file's place or
// of the machine, and whether there is something in it that is not known here.
func (x *expansion) depends(start, end int) (local, open bool) {
	if len(x.edits) == 0 {
		return false, false
	}
	for _, e := range x.edits[x.before(start):] {
		if e.out >= end {
			break
		}
		switch e.meaning {
		case unknown:
			return true, true
		case placed:
			local = true
		}
	}
	return local, false
}
