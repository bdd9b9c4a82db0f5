package lint

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// maxCulprits bounds how many fixes of one file are tried one by one when all
// of them together make it read worse.
const maxCulprits = 200

// choose picks the fixes that do not touch each other, in the order of the
// findings. It counts those that would change a file that is not to be changed.
func choose(found []diag.Diagnostic, unsafe bool, untouchable map[string]bool) (chosen []*diag.Fix, left int) {
	edits := map[string][]diag.Edit{} // by file, sorted
	for _, d := range found {
		if d.Fix == nil || len(d.Fix.Edits) == 0 || d.Fix.Unsafe && !unsafe {
			continue
		}
		if slices.ContainsFunc(d.Fix.Edits, func(e diag.Edit) bool { return untouchable[e.File.Name] }) {
			left++
			continue
		}
		if slices.ContainsFunc(d.Fix.Edits, func(e diag.Edit) bool { return touches(edits[e.File.Name], e) }) {
			continue
		}
		for _, e := range d.Fix.Edits {
			list := edits[e.File.Name]
			i, _ := slices.BinarySearchFunc(list, e, func(a, b diag.Edit) int { return a.Span.Start - b.Span.Start })
			edits[e.File.Name] = slices.Insert(list, i, e)
		}
		chosen = append(chosen, d.Fix)
	}
	return chosen, left
}

// touches tells whether an edit touches one of a sorted list. Insertions at
// the same place do, unless each adds another line: options below one header.
func touches(list []diag.Edit, e diag.Edit) bool {
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

// round is what one round of fixes came to.
type round struct {
	texts         map[string]string // of the files that differ, by name
	made, dropped int
}

// apply makes fixes, but for those after which a file has more syntax errors
// than before; before holds their number for each file.
func apply(fixes []*diag.Fix, before map[string]counted) round {
	dropped := map[*diag.Fix]bool{}
	for {
		r := round{texts: map[string]string{}, dropped: len(dropped)}
		edits := map[string][]diag.Edit{}
		owners := map[string][]*diag.Fix{}
		for _, fix := range fixes {
			if dropped[fix] {
				continue
			}
			r.made++
			for _, e := range fix.Edits {
				name := e.File.Name
				edits[name] = append(edits[name], e)
				if n := len(owners[name]); n == 0 || owners[name][n-1] != fix {
					owners[name] = append(owners[name], fix)
				}
			}
		}
		again := false
		for name, list := range edits {
			file := list[0].File
			text, err := diag.Apply(file.Src, list)
			if err == nil && !before[name].worse(file, text) {
				if text != file.Src {
					r.texts[name] = text
				}
				continue
			}
			again = true
			for _, fix := range culprits(file, owners[name], before[name]) {
				dropped[fix] = true
			}
		}
		if !again {
			return r
		}
	}
}

// culprits returns the fixes of a file without which it does not read worse
// than before.
func culprits(file *diag.File, fixes []*diag.Fix, before counted) []*diag.Fix {
	if len(fixes) > maxCulprits {
		return fixes
	}
	var bad []*diag.Fix
	var good []diag.Edit
	for _, fix := range fixes {
		with := slices.Clone(good)
		for _, e := range fix.Edits {
			if e.File.Name == file.Name {
				with = append(with, e)
			}
		}
		if text, err := diag.Apply(file.Src, with); err != nil || before.worse(file, text) {
			bad = append(bad, fix)
			continue
		}
		good = with
	}
	return bad
}

// counted is the number of a file's syntax errors, and how they are found.
type counted struct {
	errors int
	parse  func(name, text string) int // nil for files that are in neither language
}

func (c counted) worse(file *diag.File, text string) bool {
	return c.parse != nil && c.parse(file.Name, text) > c.errors
}

// errorCounts counts the syntax errors of each file of a pair, by name.
func errorCounts(p *pair.Pair) map[string]counted {
	counts := map[string]counted{}
	for _, c := range p.Nginx {
		for _, f := range c.Tree.Files {
			counts[f.Name] = counted{len(f.Errors), func(name, text string) int { return len(nginx.Parse(name, text).Errors) }}
		}
	}
	for _, c := range p.Uwsgi {
		for _, f := range c.Files {
			counts[f.Name] = counted{len(f.Errors), func(name, text string) int { return len(uwsgi.Parse(name, text).Errors) }}
		}
	}
	return counts
}
