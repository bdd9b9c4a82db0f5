package stylerule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/layout"
	"github.com/deployctl/deployctl/lint"
)

// TrailingSpace reports blanks that nobody sees at the end of lines.
var TrailingSpace = &lint.Rule{
	ID:       "style-trailing-space",
	Severity: diag.Info,
	Summary:  "white space at the end of a line",
	Fixable:  true,
	Off:      true,
	Page:     page("style-trailing-space"),
	Check: func(p *lint.Pass) {
		report(p, layout.TrailingSpace, func(layout.Edit) diag.Text {
			return diag.T("white space at the end of the line")
		})
	},
}
