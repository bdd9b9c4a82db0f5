package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// inMarkdown keeps the words of a finding from being read as Markdown or HTML.
var inMarkdown = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`)

// Markdown writes findings as a table, such as for a comment on a pull request.
func Markdown(w io.Writer, r *lint.Result, opts Options) error {
	b := bufio.NewWriter(w)
	say := func(t diag.Text) string { return t.In(opts.Catalog).String() }
	fmt.Fprintf(b, "**%s**\n", inMarkdown.Replace(say(Summary(r))))
	if len(r.Diagnostics) > 0 {
		fmt.Fprintf(b, "\n| %s | %s | %s |\n| --- | --- | --- |\n", say(diag.T("where")), say(diag.T("severity")), say(diag.T("finding")))
	}
	for _, d := range r.Diagnostics {
		cell := inMarkdown.Replace(clean(d.Message.String())) + " (" + inMarkdown.Replace(d.Rule) + ")"
		for _, related := range d.Related {
			cell += "<br>" + spot(related.Location) + ": " + inMarkdown.Replace(clean(related.Message.String()))
		}
		for _, t := range []diag.Text{d.Why, d.Help} {
			if !t.IsZero() {
				cell += "<br>" + inMarkdown.Replace(clean(t.String()))
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", spot(d.Location), say(d.Severity.Text()), cell)
	}
	return b.Flush()
}

func spot(l diag.Location) string {
	return inMarkdown.Replace(fmt.Sprintf("%s:%d", clean(slashed(l.File.Name)), l.File.Pos(l.Span.Start).Line))
}
