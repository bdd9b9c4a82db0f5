package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/pair"
)

// maxRounds bounds how often fixes may make room for further fixes.
const maxRounds = 10

// Reload reads a pair again, with the texts of some files, by name, in place of
// what is on disk.
type Reload func(overlay map[string]string) (*pair.Pair, error)

// Fixed is what fixing a pair came to.
type Fixed struct {
	// Old and New hold the texts of the files that changed, by name.
	Old, New map[string]string
	// Applied counts the findings that were mended.
	Applied int
	// Result is the lint of the new texts.
	Result *Result
}

// Fix applies the fixes of a pair's findings until nothing changes. The edits
// of one finding are made all or none; a fix that overlaps one already made
// waits for the next round. A round after which a file reads worse than before
// is taken back, and ends the work.
func Fix(reload Reload, rules []*Rule, opts Options, unsafe bool) (*Fixed, error) {
	f := &Fixed{Old: map[string]string{}, New: map[string]string{}}
	p, err := reload(nil)
	if err != nil {
		return nil, err
	}
	f.Result = Run(p, rules, opts)
	for range maxRounds {
		edits, n := choose(f.Result.Diagnostics, unsafe)
		if n == 0 {
			break
		}
		texts := maps.Clone(f.New)
		changed := false
		for file, list := range edits {
			text, err := diag.Apply(file.Src, list)
			if err != nil {
				return nil, err
			}
			if text != file.Src {
				changed = true
				texts[file.Name] = text
			}
		}
		if !changed {
			break
		}
		p, err := reload(texts)
		if err != nil {
			return nil, err
		}
		next := Run(p, rules, opts)
		if syntaxErrors(next) > syntaxErrors(f.Result) {
			break
		}
		for file := range edits {
			if _, ok := f.Old[file.Name]; !ok && texts[file.Name] != "" {
				f.Old[file.Name] = file.Src
			}
		}
		f.New, f.Result = texts, next
		f.Applied += n
	}
	return f, nil
}

// choose picks the fixes that do not overlap, in the order of the findings.
func choose(found []diag.Diagnostic, unsafe bool) (map[*diag.File][]diag.Edit, int) {
	chosen := map[*diag.File][]diag.Edit{}
	n := 0
	for _, d := range found {
		if d.Fix == nil || len(d.Fix.Edits) == 0 || d.Fix.Unsafe && !unsafe {
			continue
		}
		if slices.ContainsFunc(d.Fix.Edits, func(e diag.Edit) bool { return overlaps(chosen[e.File], e) }) {
			continue
		}
		for _, e := range d.Fix.Edits {
			list := chosen[e.File]
			i, _ := slices.BinarySearchFunc(list, e, func(a, b diag.Edit) int { return a.Span.Start - b.Span.Start })
			// Edits of one fix at one place keep their order.
			for i < len(list) && list[i].Span == e.Span {
				i++
			}
			chosen[e.File] = slices.Insert(list, i, e)
		}
		n++
	}
	return chosen, n
}

// overlaps tells whether an edit touches one of a sorted list. Insertions at
// the same place do, unless each adds another line: options below one header.
func overlaps(list []diag.Edit, e diag.Edit) bool {
	i, _ := slices.BinarySearchFunc(list, e, func(a, b diag.Edit) int { return a.Span.Start - b.Span.Start })
	touch := func(o diag.Edit) bool {
		if o.Span.Len() == 0 && e.Span.Len() == 0 {
			return o.Span.Start == e.Span.Start && (o.New == e.New || !isLine(o.New) || !isLine(e.New))
		}
		return o.Span.Start < e.Span.End && e.Span.Start < o.Span.End || o.Span.Start == e.Span.Start
	}
	for j := i; j < len(list) && (j == i || list[j].Span.Start == e.Span.Start); j++ {
		if touch(list[j]) {
			return true
		}
	}
	return i > 0 && touch(list[i-1])
}

// isLine tells whether a text starts a line of its own.
func isLine(text string) bool {
	return strings.HasPrefix(text, "\n") || strings.HasPrefix(text, "\r\n")
}

// syntaxErrors counts the findings that say that a file does not read.
func syntaxErrors(r *Result) int {
	n := 0
	for _, d := range r.Diagnostics {
		if d.Rule == "nginx-syntax" || d.Rule == "uwsgi-syntax" {
			n++
		}
	}
	return n
}
