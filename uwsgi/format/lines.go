package format

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
)

type kind uint8

const (
	entry kind = iota
	comment
	header
)

// line is a line as uWSGI sees it, which white space surrounds.
type line struct {
	kind  kind
	text  diag.Span // without the white space around it
	apart bool      // a blank line stands before it
	open  bool      // a % at its end would swallow a line feed that is put there
	// The end of the key, the equals sign and the start of the value; zero
	// where there is none, or where the % pass might put one before it.
	key, equals, value int
}

// split returns the lines of a text. Before it looks at lines, uWSGI replaces
// every % and the byte after it (core/utils.c, magic_sub), be that a blank or
// the line's end: such a byte is part of the text here.
func split(src string) []line {
	var lines []line
	empty := false
	for at := 0; at < len(src); {
		l, next := scan(src, at)
		switch {
		case l.text.Len() == 0:
			empty = true
		default:
			l.apart, empty = empty, false
			lines = append(lines, l)
		}
		at = next
	}
	return lines
}

// scan reads the line that starts at offset at, and returns where the next one does.
func scan(src string, at int) (line, int) {
	l := line{text: diag.Span{Start: at, End: at}}
	percent, equals, seen := -1, -1, false
	i := at
	for i < len(src) && src[i] != '\n' {
		c, start := src[i], i
		i++
		switch {
		case c == '%' && i == len(src):
			l.open = true
		case c == '%': // with what follows it, whatever it is
			i++
		case isBlank(c):
			continue
		}
		if c == '%' && percent < 0 {
			percent = start
		}
		if c == '=' && equals < 0 {
			equals = start
		}
		if !seen {
			seen = true
			l.text.Start = start
		}
		l.text.End = i
	}
	next := min(i+1, len(src))
	if !seen {
		return l, next
	}
	switch src[l.text.Start] {
	case '#', ';':
		l.kind = comment
	case '[':
		l.kind = header
	default:
		if equals > l.text.Start && (percent < 0 || equals < percent) {
			l.equals = equals
			l.key = l.text.Start + len(strings.TrimRight(src[l.text.Start:equals], " \t\r"))
			l.value = l.text.End - len(strings.TrimLeft(src[equals+1:l.text.End], " \t\r"))
		}
	}
	return l, next
}

// isBlank tells whether uWSGI cuts a byte off the ends of lines, names and values.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }
