package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// ErrorFormat writes findings as compilers do, for editors' error lists:
// file:line:column: severity: message. Columns count bytes, as Vim's %c does. A
// related place follows as a note.
func ErrorFormat(w io.Writer, r *lint.Result) error {
	b := bufio.NewWriter(w)
	line := func(l diag.Location, severity string, message diag.Text) {
		at := l.File.Pos(l.Span.Start)
		column := 1 + l.Span.Start - l.File.LineSpan(at.Line).Start
		fmt.Fprintf(b, "%s:%d:%d: %s: %s\n", clean(l.File.Name), at.Line, column, severity, clean(message.String()))
	}
	for _, d := range r.Diagnostics {
		line(d.Location, d.Severity.String(), d.Message)
		for _, related := range d.Related {
			line(related.Location, "note", related.Message)
		}
	}
	return b.Flush()
}
