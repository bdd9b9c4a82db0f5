package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

type wordOf = nginx.Word

// replace returns the edit that writes text in the place of one word of a
// directive (1 is the first argument), in its quotes.
func replace(n *site.Node, argument int, text string) diag.Edit {
	w := n.Args[argument-1]
	return diag.Edit{File: n.File.File, Span: w.Span(), New: quoted(w, text)}
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
