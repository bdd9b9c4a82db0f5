package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// Line returns a finding as file:line:column: severity: message [rule].
func Line(d diag.Diagnostic) string {
	at := d.File.Pos(d.Span.Start)
	return fmt.Sprintf("%s:%d:%d: %s: %s [%s]", clean(d.File.Name), at.Line, at.Column, d.Severity, clean(d.Message.String()), d.Rule)
}

// Compact writes one line for each finding.
func Compact(w io.Writer, r *lint.Result) error {
	b := bufio.NewWriter(w)
	for _, d := range r.Diagnostics {
		b.WriteString(Line(d))
		b.WriteByte('\n')
	}
	return b.Flush()
}
