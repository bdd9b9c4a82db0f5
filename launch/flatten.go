package launch

import (
	"cmp"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
)

// maxFlat is the size in bytes of the largest configuration that is written:
// files that include each other often could multiply without end.
const maxFlat = nginx.MaxFile

// flattener writes nginx files as one, includes in place, and remembers where
// each line comes from.
type flattener struct {
	edits    map[*diag.File][]diag.Edit
	expand   map[*nginx.Directive]func() // what stands in for an include, besides its files
	inside   map[*diag.File][]insertion
	included map[*nginx.Directive][]*nginx.File
	out      strings.Builder
	lines    []Place
}

// insertion is something that is written at an offset.
type insertion struct {
	offset int
	write  func()
}

// generated writes text that stands in no file of the user.
func (f *flattener) generated(text string) { f.write(text, Place{}) }

// write adds text; at is where its first line stands.
func (f *flattener) write(text string, at Place) {
	for i, line := range strings.SplitAfter(text, "\n") {
		if line == "" {
			continue
		}
		f.line(line, Place{at.File, at.Line + i})
	}
}

// line adds a line, or a part of one.
func (f *flattener) line(text string, at Place) {
	if len(f.lines) == 0 {
		f.lines = append(f.lines, Place{})
	}
	if last := &f.lines[len(f.lines)-1]; last.File == "" && strings.TrimSpace(text) != "" {
		*last = at
	}
	f.out.WriteString(text)
	if strings.HasSuffix(text, "\n") {
		f.lines = append(f.lines, Place{})
	}
}

// piece is a span of a file that something else stands for.
type piece struct {
	span  diag.Span
	write func()
}

// file writes one file as edited.
func (f *flattener) file(file *nginx.File) {
	var pieces []piece
	for _, e := range f.edits[file.File] {
		pieces = append(pieces, piece{e.Span, func() { f.write(e.New, placeOf(diag.Location{File: file.File, Span: e.Span})) }})
	}
	for _, in := range f.inside[file.File] {
		pieces = append(pieces, piece{diag.Span{Start: in.offset, End: in.offset}, in.write})
	}
	for d := range nginx.Walk(file.Nodes) {
		if d.Name.Value != "include" || d.Block != nil || len(d.Args) != 1 {
			continue
		}
		pieces = append(pieces, piece{d.Range(), func() { f.include(d) }})
	}
	slices.SortStableFunc(pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(b.span.Len(), a.span.Len()))
	})
	at := 0
	for _, p := range pieces {
		if p.span.Start < at || f.out.Len() > maxFlat {
			continue // inside of what was replaced
		}
		f.copy(file, at, p.span.Start)
		p.write()
		at = p.span.End
	}
	f.copy(file, at, len(file.Src))
	if !strings.HasSuffix(file.Src, "\n") {
		f.generated("\n")
	}
}

func (f *flattener) copy(file *nginx.File, from, to int) {
	if from >= to {
		return
	}
	f.write(file.Src[from:to], Place{file.Name, file.Pos(from).Line})
}

func (f *flattener) include(d *nginx.Directive) {
	if write := f.expand[d]; write != nil {
		write()
		return
	}
	for _, file := range f.included[d] {
		f.generated("\n")
		f.file(file)
	}
}
