package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Edit replaces a span of a file with New. An empty span inserts.
type Edit struct {
	File *File
	Span Span
	New  string
}

// Apply returns src with the edits made, all of which belong to it. Edits at
// the same place are inserted in the order given. Overlapping edits, or edits
// outside src, are an error and nothing is changed.
func Apply(src string, edits []Edit) (string, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
	var b strings.Builder
	at := 0
	for _, e := range sorted {
		if e.Span.Start < at || e.Span.End < e.Span.Start || e.Span.End > len(src) {
			return src, fmt.Errorf("edit of bytes %d to %d overlaps another or lies outside the text", e.Span.Start, e.Span.End)
		}
		b.WriteString(src[at:e.Span.Start])
		b.WriteString(e.New)
		at = e.Span.End
	}
	b.WriteString(src[at:])
	return b.String(), nil
}
