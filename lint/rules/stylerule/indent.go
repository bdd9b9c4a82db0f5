package stylerule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/layout"
	"github.com/deployctl/deployctl/lint"
)

// Indent reports lines that do not start where their level says.
var Indent = &lint.Rule{
	ID:       "style-indent",
	Severity: diag.Info,
	Summary:  "a line is not indented by four spaces for each block around it",
	Fixable:  true,
	Off:      true,
	Page:     page("style-indent"),
	Check: func(p *lint.Pass) {
		report(p, layout.Indent, func(e layout.Edit) diag.Text {
			return diag.T("the line is indented by %q, not by %d spaces", e.File.Text(e.Span), len(e.New))
		})
	},
}
