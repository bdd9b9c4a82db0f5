// Package markdown owns how Markdown is shown on a terminal. It asks the
// terminal nothing, and knows the parts of Markdown that manual pages use.
package markdown

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/deployctl/deployctl/internal/wrap"
)

// maxWidth is the length of a line, in cells, above which text is hard to read.
const maxWidth = 100

// Terminal returns a Markdown text as it is shown on a terminal of so many
// cells. Without color headings, code and emphasis look as they are written.
func Terminal(source string, width int, color bool) string {
	p := &printer{source: []byte(source), width: min(width, maxWidth), color: color}
	doc := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(p.source))
	p.blocks(doc, "")
	return strings.TrimLeft(p.out.String(), "\n")
}

// printer writes the blocks of a document.
type printer struct {
	source []byte
	width  int
	color  bool
	out    strings.Builder
}

// blocks writes what stands in a block, each line behind the indent.
func (p *printer) blocks(parent ast.Node, indent string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			p.out.WriteByte('\n')
			p.styled(indent, "", p.inline(n, heading))
		case *ast.Paragraph:
			p.out.WriteByte('\n')
			p.styled(indent, "", p.inline(n, plain))
		case *ast.TextBlock:
			p.styled(indent, "", p.inline(n, plain))
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			p.out.WriteByte('\n')
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				p.out.WriteString(strings.TrimRight(indent+"    "+string(line.Value(p.source)), " \n") + "\n")
			}
		case *ast.List:
			p.list(n, indent)
		case *ast.Blockquote:
			p.blocks(n, indent+"  ")
		case *table.Table:
			p.table(n, indent)
		}
	}
}

func (p *printer) list(l *ast.List, indent string) {
	p.out.WriteByte('\n')
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if l.IsOrdered() {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		hanging := indent + strings.Repeat(" ", len(mark))
		for n := item.FirstChild(); n != nil; n = n.NextSibling() {
			if nested, ok := n.(*ast.List); ok {
				p.list(nested, hanging)
				continue
			}
			p.styled(indent+mark, hanging, p.inline(n, plain))
			mark = strings.Repeat(" ", len(mark))
		}
	}
}

// styled writes text broken into lines: the first behind one indent, the
// others behind another, or the same when that is empty.
func (p *printer) styled(first, rest string, t styledText) {
	if rest == "" {
		rest = first
	}
	for i, l := range wrap.Lines(t.runes, p.width-len(first)) {
		if i == 0 {
			p.out.WriteString(first)
		} else {
			p.out.WriteString(rest)
		}
		p.out.WriteString(t.paint(l, p.color) + "\n")
	}
}

// table writes a table: columns as wide as their cells, the last one broken
// into lines where the table is too wide.
func (p *printer) table(t *table.Table, indent string) {
	var rows [][]styledText
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		style := plain
		if _, ok := row.(*table.TableHeader); ok {
			style = heading
		}
		var cells []styledText
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, p.inline(cell, style))
		}
		rows = append(rows, cells)
	}
	widths := make([]int, len(rows[0]))
	for _, cells := range rows {
		for i, c := range cells {
			widths[i] = max(widths[i], wrap.Width(string(c.runes)))
		}
	}
	p.out.WriteByte('\n')
	last := len(widths) - 1
	room := p.width - len(indent)
	for _, w := range widths[:last] {
		room -= w + 2
	}
	for _, cells := range rows {
		lines := wrap.Lines(cells[last].runes, max(room, 20))
		for n, l := range lines {
			p.out.WriteString(indent)
			for i, c := range cells[:last] {
				whole := wrap.Line{End: len(c.runes)}
				if n > 0 {
					whole.End = 0
				}
				p.out.WriteString(c.paint(whole, p.color))
				p.out.WriteString(strings.Repeat(" ", widths[i]+2-wrap.Width(string(c.runes[:whole.End]))))
			}
			p.out.WriteString(cells[last].paint(l, p.color) + "\n")
		}
	}
}
