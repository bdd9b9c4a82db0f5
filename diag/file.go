package diag

import (
	"sort"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// File is one source text that positions refer to.
type File struct {
	// Name is the path as the user gave it, or as an include reached it.
	Name string
	// Src holds the bytes of the file, unchanged.
	Src string

	index atomic.Pointer[index] // made when something is reported
}

// index says where lines and characters are.
type index struct {
	lines []int  // byte offset of each line's first byte
	marks []mark // of a file with a long line
}

// mark says how many characters of a file stand before an offset.
type mark struct{ offset, characters int }

// markEvery is the number of bytes from one mark to the next, and the length
// from which a line counts as long: characters are counted from the line's
// start up to there, and from the nearest mark beyond, so that many places in
// one endless line cost no more than in many lines.
const markEvery = 1 << 10

// NewFile returns a file called name with the content src.
func NewFile(name, src string) *File { return &File{Name: name, Src: src} }

// Span is a half-open range of byte offsets in one file.
type Span struct{ Start, End int }

// Place is a span in half the space, for trees that hold one for each word.
// Files are far smaller than the 2 GiB where it ends.
type Place struct{ start, end int32 }

// Place returns the span in half the space.
func (s Span) Place() Place { return Place{int32(s.Start), int32(s.End)} }

// Span returns the place as a span.
func (p Place) Span() Span { return Span{int(p.start), int(p.end)} }

// Len returns the length of the span in bytes.
func (s Span) Len() int { return s.End - s.Start }

// Pos is a place in a file.
type Pos struct {
	Offset int // bytes from the start of the file, from 0
	Line   int // from 1
	Column int // in characters, from 1; a byte that is no UTF-8 is one character
}

// Range is a span with its lines and columns. End is exclusive.
type Range struct{ Start, End Pos }

// indexed returns the file's index. Several readers may make it at once; it is
// the same each time.
func (f *File) indexed() *index {
	if x := f.index.Load(); x != nil {
		return x
	}
	x := &index{lines: lineStarts(f.Src)}
	for i, start := range x.lines {
		end := len(f.Src)
		if i+1 < len(x.lines) {
			end = x.lines[i+1]
		}
		if end-start > markEvery {
			x.marks = characterMarks(f.Src)
			break
		}
	}
	f.index.Store(x)
	return x
}

func lineStarts(src string) []int {
	lines := make([]int, 1, 1+strings.Count(src, "\n"))
	for i := 0; ; {
		n := strings.IndexByte(src[i:], '\n')
		if n < 0 {
			return lines
		}
		i += n + 1
		lines = append(lines, i)
	}
}

func characterMarks(src string) []mark {
	marks := make([]mark, 1, 1+len(src)/markEvery)
	characters := 0
	for i := range src { // i is where a character starts
		if i-marks[len(marks)-1].offset >= markEvery {
			marks = append(marks, mark{i, characters})
		}
		characters++
	}
	return marks
}

// Pos returns the line and column of a byte offset. Offsets outside the file
// are moved to its nearer end.
func (f *File) Pos(offset int) Pos {
	offset = max(0, min(offset, len(f.Src)))
	x := f.indexed()
	n := sort.SearchInts(x.lines, offset+1) // lines that start at or before offset
	start := x.lines[n-1]
	if offset-start <= markEvery {
		return Pos{Offset: offset, Line: n, Column: 1 + utf8.RuneCountInString(f.Src[start:offset])}
	}
	return Pos{Offset: offset, Line: n, Column: 1 + f.before(x, offset) - f.before(x, start)}
}

// before returns the number of characters before an offset of a file with marks.
func (f *File) before(x *index, offset int) int {
	i := sort.Search(len(x.marks), func(i int) bool { return x.marks[i].offset > offset })
	m := x.marks[i-1]
	return m.characters + utf8.RuneCountInString(f.Src[m.offset:offset])
}

// Range returns the span with lines and columns.
func (f *File) Range(s Span) Range { return Range{f.Pos(s.Start), f.Pos(s.End)} }

// Text returns the bytes of the span.
func (f *File) Text(s Span) string { return f.Src[s.Start:s.End] }

// LineCount returns the number of lines; a file that ends with a line feed has
// an empty last line, which counts.
func (f *File) LineCount() int { return len(f.indexed().lines) }

// LineSpan returns the span of line n, counted from 1, without its line ending.
// A line outside the file gives an empty span at the file's end.
func (f *File) LineSpan(n int) Span {
	lines := f.indexed().lines
	if n < 1 || n > len(lines) {
		return Span{len(f.Src), len(f.Src)}
	}
	end := len(f.Src)
	if n < len(lines) {
		end = lines[n] - 1
	}
	if end > lines[n-1] && f.Src[end-1] == '\r' {
		end--
	}
	return Span{lines[n-1], end}
}
