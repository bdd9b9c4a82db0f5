package lsp

import (
	"slices"
	"sort"
	"unicode/utf8"

	"github.com/deployctl/deployctl/diag"
)

// encoding is the unit that characters of a position are counted in.
type encoding string

const (
	utf8Units  encoding = "utf-8"
	utf16Units encoding = "utf-16"
)

// text is a document's bytes with the places where its lines start, as the
// protocol counts lines: \n, \r\n and \r end one.
type text struct {
	src   []byte
	lines []int // byte offset of each line's first byte
}

func newText(src string) *text { return &text{[]byte(src), lineStarts([]byte(src), 0, 0)} }

// lineStarts returns the offsets of the lines of src, which stands at base; the
// first one is base itself. next is the byte that follows src.
func lineStarts(src []byte, base int, next byte) []int {
	return append([]int{base}, breaks(src, base, next)...)
}

// breaks returns the offsets after each line end in src, which stands at base.
func breaks(src []byte, base int, next byte) []int {
	var starts []int
	for i, c := range src {
		if c == '\n' {
			starts = append(starts, base+i+1)
		}
		if c != '\r' {
			continue
		}
		after := next
		if i+1 < len(src) {
			after = src[i+1]
		}
		if after != '\n' {
			starts = append(starts, base+i+1)
		}
	}
	return starts
}

// offset returns the byte offset of a position. One that lies outside the
// document is moved to the nearest place in it.
func (t *text) offset(p position, e encoding) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(t.lines) {
		return len(t.src)
	}
	at, end := t.lines[p.Line], t.lineEnd(p.Line)
	if e == utf8Units {
		return at + max(0, min(p.Character, end-at))
	}
	for units := 0; at < end; {
		r, size := utf8.DecodeRune(t.src[at:end])
		if units += utf16Len(r); units > p.Character {
			break
		}
		at += size
	}
	return at
}

// lineEnd returns the offset of a line's end, before its line ending.
func (t *text) lineEnd(line int) int {
	end := len(t.src)
	if line+1 < len(t.lines) {
		end = t.lines[line+1]
	}
	for end > t.lines[line] && (t.src[end-1] == '\n' || t.src[end-1] == '\r') {
		end--
	}
	return end
}

// position returns the position of a byte offset.
func (t *text) position(offset int, e encoding) position {
	offset = max(0, min(offset, len(t.src)))
	line := sort.SearchInts(t.lines, offset+1) - 1
	start := t.lines[line]
	offset = min(offset, max(start, t.lineEnd(line)))
	if e == utf8Units {
		return position{line, offset - start}
	}
	units := 0
	for at := start; at < offset; {
		r, size := utf8.DecodeRune(t.src[at:])
		at += size
		units += utf16Len(r)
	}
	return position{line, units}
}

func (t *text) textRange(s diag.Span, e encoding) textRange {
	return textRange{t.position(s.Start, e), t.position(s.End, e)}
}

// replace puts new in the place of src[start:end]. What it costs is moving the
// bytes and line starts after it, not reading them again.
func (t *text) replace(start, end int, new string) {
	end = max(start, end)
	// A line break may join or part with a neighbor: \r before, \n after.
	from, to := start, end
	if from > 0 {
		from--
	}
	first := sort.SearchInts(t.lines, from+1)
	if to < len(t.src) {
		to++
	}
	last := max(first, sort.SearchInts(t.lines, to+1))
	t.src = slices.Replace(t.src, start, end, []byte(new)...)
	delta := len(new) - (end - start)
	to += delta
	var next byte
	if to < len(t.src) {
		next = t.src[to]
	}
	fresh := breaks(t.src[from:to], from, next)
	t.lines = slices.Replace(t.lines, first, last, fresh...)
	if delta != 0 {
		for i := first + len(fresh); i < len(t.lines); i++ {
			t.lines[i] += delta
		}
	}
}

// utf16Len returns how many UTF-16 units a character takes; a byte that is no
// UTF-8 is shown as one.
func utf16Len(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}
