package nginx

import (
	"cmp"
	"iter"
	"slices"
)

// Directives yields the directives of a list of nodes, without what their
// blocks hold.
func Directives(nodes []Node) iter.Seq[*Directive] {
	return func(yield func(*Directive) bool) {
		for _, n := range nodes {
			if d, ok := n.(*Directive); ok && !yield(d) {
				return
			}
		}
	}
}

// Walk yields every directive below a list of nodes, each before the content
// of its block.
func Walk(nodes []Node) iter.Seq[*Directive] {
	return func(yield func(*Directive) bool) { walk(nodes, yield) }
}

func walk(nodes []Node, yield func(*Directive) bool) bool {
	for _, n := range nodes {
		d, ok := n.(*Directive)
		if !ok {
			continue
		}
		if !yield(d) || d.Block != nil && !walk(d.Block.Nodes, yield) {
			return false
		}
	}
	return true
}

// Comments yields every comment below a list of nodes.
func Comments(nodes []Node) iter.Seq[*Comment] {
	return func(yield func(*Comment) bool) { comments(nodes, yield) }
}

func comments(nodes []Node, yield func(*Comment) bool) bool {
	for _, n := range nodes {
		switch n := n.(type) {
		case *Comment:
			if !yield(n) {
				return false
			}
		case *Directive:
			if n.Block != nil && !comments(n.Block.Nodes, yield) {
				return false
			}
		}
	}
	return true
}

func sortErrors(errors []SyntaxError) []SyntaxError {
	slices.SortStableFunc(errors, func(a, b SyntaxError) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	return errors
}
