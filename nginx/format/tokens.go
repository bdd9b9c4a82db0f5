package format

import (
	"cmp"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
)

type kind uint8

const (
	name kind = iota
	argument
	semicolon
	opening // brace
	closing // brace
	comment
	code // the body of a Lua block, with both braces
)

// token is a part of the text that stays as it is.
type token struct {
	kind      kind
	span      diag.Span
	depth     int  // levels of indentation, where it starts a line
	block     bool // a name: of a directive with a block
	inside    bool // a comment: between the words of a directive
	endsBlock bool
}

// flatten returns the tokens of a tree in the order of the text.
func flatten(f *nginx.File) []token {
	w := flattener{src: f.Src}
	w.nodes(f.Nodes, 0)
	return w.tokens
}

type flattener struct {
	src    string
	tokens []token
}

func (w *flattener) nodes(nodes []nginx.Node, depth int) {
	var inside []token // comments that stand in the directive which follows
	for _, n := range nodes {
		switch n := n.(type) {
		case *nginx.Comment:
			// Blanks at a comment's end are none of it.
			span := n.Span
			span.End = span.Start + len(strings.TrimRight(w.src[span.Start:span.End], " \t\r"))
			if n.Inside {
				inside = append(inside, token{kind: comment, span: span, depth: depth + 1, inside: true})
				continue
			}
			w.tokens = append(w.tokens, token{kind: comment, span: span, depth: depth})
		case *nginx.Directive:
			w.directive(n, depth, inside)
			inside = nil
		}
	}
}

func (w *flattener) directive(d *nginx.Directive, depth int, inside []token) {
	first := len(w.tokens)
	w.tokens = append(w.tokens, token{kind: name, span: d.Name.Span(), depth: depth, block: d.Block != nil})
	for _, a := range d.Args {
		w.tokens = append(w.tokens, token{kind: argument, span: a.Span(), depth: depth + 1})
	}
	switch {
	case d.Block == nil:
		w.tokens = append(w.tokens, token{kind: semicolon, span: diag.Span{Start: d.End() - 1, End: d.End()}, depth: depth + 1})
	case d.Block.Raw:
		w.tokens = append(w.tokens, token{kind: code, span: diag.Span{Start: d.Block.Open().Start, End: d.End()}, depth: depth, endsBlock: true})
	default:
		w.tokens = append(w.tokens, token{kind: opening, span: d.Block.Open(), depth: depth})
	}
	if len(inside) > 0 {
		w.tokens = append(w.tokens, inside...)
		slices.SortFunc(w.tokens[first:], func(a, b token) int { return cmp.Compare(a.span.Start, b.span.Start) })
	}
	if d.Block != nil && !d.Block.Raw {
		w.nodes(d.Block.Nodes, depth+1)
		w.tokens = append(w.tokens, token{kind: closing, span: d.Block.Close(), depth: depth, endsBlock: true})
	}
}
