package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

type wordOf = nginx.Word

// indentOf returns the white space before a directive that starts its line;
// false when another stands before it.
func indentOf(n *site.Node) (string, bool) {
	src, start := n.File.Src, n.Name.Span.Start
	line := strings.LastIndexByte(src[:start], '\n') + 1
	indent := src[line:start]
	return indent, strings.TrimLeft(indent, " \t") == ""
}

// insertAfter returns the edit that writes lines after a directive.
func insertAfter(n *site.Node, lines ...string) diag.Edit {
	indent, alone := indentOf(n)
	before := "\n" + indent
	if !alone {
		before = " "
	}
	return diag.Edit{File: n.File.File, Span: diag.Span{Start: n.End, End: n.End}, New: before + strings.Join(lines, before)}
}

// insertBefore returns the edit that writes lines before a directive.
func insertBefore(n *site.Node, lines ...string) diag.Edit {
	indent, alone := indentOf(n)
	after := "\n" + indent
	if !alone {
		after = " "
	}
	at := n.Name.Span.Start
	text := strings.ReplaceAll(strings.Join(lines, after)+after, after+after, "\n"+after) // empty lines are empty
	return diag.Edit{File: n.File.File, Span: diag.Span{Start: at, End: at}, New: text}
}

// insertTop returns the edit that writes lines at the beginning of a block.
func insertTop(block *site.Node, lines ...string) diag.Edit {
	indent, _ := indentOf(block)
	inner := indent + "    "
	for d := range nginx.Directives(block.Block.Nodes) {
		src, start := block.File.Src, d.Name.Span.Start
		line := strings.LastIndexByte(src[:start], '\n') + 1
		if own := src[line:start]; strings.TrimLeft(own, " \t") == "" {
			inner = own
		}
		break
	}
	at := block.Block.Open.End
	before := "\n" + inner
	return diag.Edit{File: block.File.File, Span: diag.Span{Start: at, End: at}, New: before + strings.Join(lines, before)}
}

// replace returns the edit that writes text in the place of one word of a
// directive (1 is the first argument), in its quotes.
func replace(n *site.Node, argument int, text string) diag.Edit {
	w := n.Args[argument-1]
	return diag.Edit{File: n.File.File, Span: w.Span, New: quoted(w, text)}
}

// quoted returns value as an argument, in the quotes that the word had.
func quoted(w nginx.Word, value string) string {
	if w.Quote == 0 {
		return value
	}
	q := string(w.Quote)
	return q + strings.ReplaceAll(value, q, `\`+q) + q
}

// fix returns a fix of one edit or more.
func fix(message diag.Text, edits ...diag.Edit) *diag.Fix {
	return &diag.Fix{Message: message, Edits: edits}
}

// wholeLine returns the span of a directive with its line, when nothing else
// stands on it.
func wholeLine(n *site.Node) diag.Span {
	src, s := n.File.Src, n.Range()
	start, end := s.Start, s.End
	for start > 0 && (src[start-1] == ' ' || src[start-1] == '\t') {
		start--
	}
	for end < len(src) && (src[end] == ' ' || src[end] == '\t' || src[end] == '\r') {
		end++
	}
	if (start == 0 || src[start-1] == '\n') && end < len(src) && src[end] == '\n' {
		return diag.Span{Start: start, End: end + 1}
	}
	return s
}
