package nginx

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/deployctl/deployctl/diag"
)

// Print writes the file as it was read: every token of the tree, with the
// white space that stood between them. It fails when a byte that is no white
// space belongs to no node, and when w does.
func Print(w io.Writer, f *File) error {
	p := printer{w: w, src: f.Src}
	p.nodes(f.Nodes)
	p.gap(len(f.Src))
	return p.err
}

type printer struct {
	w   io.Writer
	src string
	at  int
	err error
}

// gap writes the white space up to offset.
func (p *printer) gap(offset int) {
	for i := p.at; i < offset && p.err == nil; i++ {
		if !isSpace(p.src[i]) {
			p.err = fmt.Errorf("byte %d (%q) belongs to no node", i, p.src[i])
		}
	}
	p.write(diag.Span{Start: p.at, End: max(p.at, offset)})
}

func (p *printer) write(s diag.Span) {
	if p.err == nil && s.Len() > 0 {
		_, p.err = io.WriteString(p.w, p.src[s.Start:s.End])
	}
	p.at = max(p.at, s.End)
}

func (p *printer) token(s diag.Span) {
	p.gap(s.Start)
	p.write(s)
}

func (p *printer) nodes(nodes []Node) {
	for i := 0; i < len(nodes); i++ {
		switch n := nodes[i].(type) {
		case *Comment:
			// Comments inside a directive stand before it in the tree.
			first := i
			for i < len(nodes) && inside(nodes[i]) {
				i++
			}
			if i == first {
				p.token(n.Span)
				continue
			}
			d, ok := nodes[min(i, len(nodes)-1)].(*Directive)
			if i == len(nodes) || !ok {
				p.err = cmp.Or(p.err, fmt.Errorf("a comment at byte %d stands inside no directive", n.Span.Start))
				return
			}
			p.directive(d, nodes[first:i])
		case *Junk:
			p.token(n.Span)
		case *Directive:
			p.directive(n, nil)
		}
	}
}

func inside(n Node) bool {
	c, ok := n.(*Comment)
	return ok && c.Inside
}

func (p *printer) directive(d *Directive, comments []Node) {
	tokens := make([]diag.Span, 0, 1+len(d.Args)+len(comments))
	tokens = append(tokens, d.Name.Span())
	for _, a := range d.Args {
		tokens = append(tokens, a.Span())
	}
	for _, c := range comments {
		tokens = append(tokens, c.Range())
	}
	slices.SortFunc(tokens, func(a, b diag.Span) int { return cmp.Compare(a.Start, b.Start) })
	for _, t := range tokens {
		p.token(t)
	}
	switch {
	case d.Block == nil:
		if d.Terminated {
			p.token(diag.Span{Start: d.End() - 1, End: d.End()})
		}
	case d.Block.Raw:
		p.token(d.Block.Open())
		p.write(diag.Span{Start: d.Block.Open().End, End: d.Block.Close().End})
	default:
		p.token(d.Block.Open())
		p.nodes(d.Block.Nodes)
		p.token(d.Block.Close())
	}
}
