package markdown

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/deployctl/deployctl/internal/wrap"
)

// unbreakable stands for what is inside a node that keeps its line.
const unbreakable = '\u00a0'

// breaker breaks the text of a document into lines: after it, a line break of
// the tree is one of the terminal.
type breaker struct {
	width int  // of the terminal, in cells
	marks bool // `code` and **strong** keep their marks
}

// Transform implements parser.ASTTransformer.
func (b breaker) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	b.blocks(doc, reader.Source(), 0, 0)
}

// blocks breaks what stands in a block: the lines start behind an indent of so
// many cells, and behind the mark of a list's item.
func (b breaker) blocks(parent ast.Node, source []byte, indent, mark int) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading, *ast.Paragraph, *ast.TextBlock:
			b.block(n, source, indent, mark)
		case *ast.List:
			if _, nested := parent.(*ast.ListItem); nested {
				indent += listIndent
			}
			mark := len("- ")
			if n.IsOrdered() {
				mark = len(". ") + digits(n.Start+n.ChildCount()-1)
			}
			b.blocks(n, source, indent, mark)
		case *ast.Blockquote:
			b.blocks(n, source, indent+quoteIndent, 0)
		case *table.Table:
		default:
			b.blocks(n, source, indent, mark)
		}
	}
}

func digits(n int) int {
	d := 1
	for ; n >= 10; n /= 10 {
		d++
	}
	return d
}

// piece is a part of a block's text, in the order of the runes: some of the
// source, or a whole node that stays on its line.
type piece struct {
	segment text.Segment
	code    bool
	node    ast.Node
	runes   int
}

// blank stands between two lines of the source.
var blank = piece{segment: text.NewSegmentPadding(0, 0, 1), runes: 1}

// block replaces a block's nodes by those of its lines.
func (b breaker) block(n ast.Node, source []byte, indent, mark int) {
	pieces, runes := b.pieces(n, source)
	n.RemoveChildren(n)
	at, lines := 0, wrap.Lines(runes, b.width-indent-mark)
	for i, l := range lines {
		if i > 0 && mark > 0 {
			n.AppendChild(n, ast.NewTextSegment(text.NewSegmentPadding(0, 0, mark)))
		}
		for len(pieces) > 0 && at < l.End {
			p := &pieces[0]
			end := at + p.runes
			if from, to := max(at, l.Start), min(end, l.End); from < to {
				n.AppendChild(n, p.part(source, from-at, to-at))
			}
			if end > l.End {
				*p = piece{segment: p.cut(source, l.End-at, p.runes), code: p.code, runes: end - l.End}
				at = l.End
				break
			}
			at, pieces = end, pieces[1:]
		}
		if i < len(lines)-1 {
			brk := ast.NewText()
			brk.SetSoftLineBreak(true)
			n.AppendChild(n, brk)
		}
	}
}

// pieces returns the parts of a block and what they show.
func (b breaker) pieces(n ast.Node, source []byte) ([]piece, []rune) {
	var pieces []piece
	var runes []rune
	add := func(p piece, shown []byte) {
		p.runes = utf8.RuneCount(shown)
		pieces = append(pieces, p)
		runes = append(runes, []rune(string(shown))...)
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			add(piece{segment: c.Segment}, c.Segment.Value(source))
			if (c.SoftLineBreak() || c.HardLineBreak()) && !joined(runes, c.NextSibling(), source) {
				add(blank, []byte(" "))
			}
		case *ast.CodeSpan:
			for in := c.FirstChild(); in != nil; in = in.NextSibling() {
				t, ok := in.(*ast.Text)
				if !ok {
					continue
				}
				s := t.Segment
				if b.marks {
					s = marked(s, source)
				}
				add(piece{segment: s, code: !b.marks}, s.Value(source))
			}
		default:
			add(piece{node: c}, []byte(strings.ReplaceAll(b.shown(c, source), " ", string(unbreakable))))
		}
	}
	return pieces, runes
}

// marked returns a segment with the backquotes around it.
func marked(s text.Segment, source []byte) text.Segment {
	for s.Start > 0 && source[s.Start-1] == '`' {
		s.Start--
	}
	for s.Stop < len(source) && source[s.Stop] == '`' {
		s.Stop++
	}
	return s
}

// part returns a node for some runes of a piece.
func (p *piece) part(source []byte, from, to int) ast.Node {
	if p.node != nil {
		return p.node
	}
	t := ast.NewTextSegment(p.cut(source, from, to))
	if !p.code {
		return t
	}
	code := ast.NewCodeSpan()
	code.AppendChild(code, t)
	return code
}

// cut returns the segment of some runes of a piece.
func (p *piece) cut(source []byte, from, to int) text.Segment {
	if p.segment.Padding > 0 {
		return p.segment
	}
	value := p.segment.Value(source)
	return text.NewSegment(p.segment.Start+bytesOf(value, from), p.segment.Start+bytesOf(value, to))
}

// bytesOf returns the length of a text's first runes.
func bytesOf(value []byte, runes int) int {
	n := 0
	for range runes {
		_, size := utf8.DecodeRune(value[n:])
		n += size
	}
	return n
}

// shown returns what a node other than text and code shows.
func (b breaker) shown(n ast.Node, source []byte) string {
	switch n := n.(type) {
	case *ast.AutoLink:
		return string(n.URL(source))
	case *ast.Link:
		return inner(n, source) + " " + string(n.Destination)
	case *ast.Emphasis:
		if b.marks {
			mark := strings.Repeat("*", n.Level)
			return mark + inner(n, source) + mark
		}
	}
	return inner(n, source)
}

// inner returns the text in a node.
func inner(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(source))
		} else {
			b.WriteString(inner(c, source))
		}
	}
	return b.String()
}

// joined tells whether a line break of the source stands for nothing: between
// Chinese characters.
func joined(before []rune, next ast.Node, source []byte) bool {
	t, ok := next.(*ast.Text)
	if !ok || len(before) == 0 {
		return false
	}
	r, _ := utf8.DecodeRune(t.Segment.Value(source))
	return runewidth.RuneWidth(r) > 1 && runewidth.RuneWidth(before[len(before)-1]) > 1
}
