package lsp

import (
	"sort"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
)

// path returns the directives that hold an offset, the outermost first.
func path(nodes []nginx.Node, offset int) []*nginx.Directive {
	var found []*nginx.Directive
	for {
		// Nodes stand in the order of the text, but for comments within a
		// directive, which precede it: the last one that starts at or before
		// the offset holds it, if any does.
		i := sort.Search(len(nodes), func(i int) bool { return nodes[i].Range().Start > offset })
		var d *nginx.Directive
		for i--; i >= 0 && d == nil; i-- {
			d, _ = nodes[i].(*nginx.Directive)
			if d == nil {
				if c, ok := nodes[i].(*nginx.Comment); ok && c.Inside {
					continue
				}
				if nodes[i].Range().End > offset {
					return found
				}
			}
		}
		if d == nil || d.Range().End < offset {
			return found
		}
		found = append(found, d)
		if d.Block == nil || offset <= d.Block.Open().Start {
			return found
		}
		nodes = d.Block.Nodes
	}
}

// wordAt returns the word that an offset stands in, or at an end of.
func wordAt(nodes []nginx.Node, offset int) (diag.Span, bool) {
	found := path(nodes, offset)
	if len(found) == 0 {
		return diag.Span{}, false
	}
	d := found[len(found)-1]
	if touches(d.Name.Span(), offset) {
		return d.Name.Span(), true
	}
	for _, w := range d.Args {
		if touches(w.Span(), offset) {
			return w.Span(), true
		}
	}
	return diag.Span{}, false
}

func touches(s diag.Span, offset int) bool { return s.Start <= offset && offset <= s.End }
