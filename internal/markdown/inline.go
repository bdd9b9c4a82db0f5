package markdown

import (
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/yuin/goldmark/ast"

	"github.com/deployctl/deployctl/internal/wrap"
)

// style is how a rune is shown.
type style uint8

const (
	plain style = iota
	heading
	strong
	code
)

// escapes are the control codes that begin a style.
var escapes = [...]string{plain: "", heading: "\x1b[1m", strong: "\x1b[1m", code: "\x1b[36m"}

// styledText is text without line breaks, with a style for each rune.
type styledText struct {
	runes  []rune
	styles []style
}

func (t *styledText) add(s string, as style) {
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			r = ' '
		}
		t.runes = append(t.runes, r)
		t.styles = append(t.styles, as)
	}
}

// paint returns a line of the text with its styles.
func (t *styledText) paint(l wrap.Line, color bool) string {
	if !color {
		return string(t.runes[l.Start:l.End])
	}
	var b strings.Builder
	at := plain
	for i := l.Start; i < l.End; i++ {
		if escapes[t.styles[i]] != escapes[at] {
			if at != plain {
				b.WriteString("\x1b[0m")
			}
			b.WriteString(escapes[t.styles[i]])
		}
		at = t.styles[i]
		b.WriteRune(t.runes[i])
	}
	if at != plain {
		b.WriteString("\x1b[0m")
	}
	return b.String()
}

// inline returns the text of a block.
func (p *printer) inline(parent ast.Node, as style) styledText {
	var t styledText
	p.collect(parent, as, &t)
	return t
}

func (p *printer) collect(parent ast.Node, as style, t *styledText) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			t.add(string(n.Segment.Value(p.source)), as)
			if n.SoftLineBreak() || n.HardLineBreak() {
				p.lineBreak(n, as, t)
			}
		case *ast.String:
			t.add(string(n.Value), as)
		case *ast.CodeSpan:
			p.quoted(n, "`", code, t)
		case *ast.Emphasis:
			if as == heading {
				p.collect(n, as, t)
			} else {
				p.quoted(n, strings.Repeat("*", n.Level), strong, t)
			}
		case *ast.Link:
			p.collect(n, as, t)
			t.add(" "+string(n.Destination), as)
		case *ast.AutoLink:
			t.add(string(n.URL(p.source)), as)
		default:
			p.collect(n, as, t)
		}
	}
}

// quoted adds what stands between marks; the marks show only without color.
func (p *printer) quoted(n ast.Node, mark string, as style, t *styledText) {
	if p.color {
		mark = ""
	}
	t.add(mark, as)
	p.collect(n, as, t)
	t.add(mark, as)
}

// lineBreak adds the blank that a line break of the source stands for; between
// Chinese characters it stands for nothing.
func (p *printer) lineBreak(n *ast.Text, as style, t *styledText) {
	if next, ok := n.NextSibling().(*ast.Text); ok && len(t.runes) > 0 {
		following := []rune(string(next.Segment.Value(p.source)))
		if len(following) > 0 && runewidth.RuneWidth(following[0]) > 1 && runewidth.RuneWidth(t.runes[len(t.runes)-1]) > 1 {
			return
		}
	}
	if !slices.Equal(t.runes[max(0, len(t.runes)-1):], []rune{' '}) {
		t.add(" ", as)
	}
}
