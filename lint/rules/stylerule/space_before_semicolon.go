package stylerule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/layout"
	"github.com/deployctl/deployctl/lint"
)

// SpaceBeforeSemicolon reports white space between a directive and its semicolon.
var SpaceBeforeSemicolon = &lint.Rule{
	ID:       "style-space-before-semicolon",
	Severity: diag.Info,
	Summary:  "white space before a semicolon",
	Fixable:  true,
	Off:      true,
	Page:     page("style-space-before-semicolon"),
	Check: func(p *lint.Pass) {
		report(p, layout.Semicolon, func(layout.Edit) diag.Text {
			return diag.T("white space before %q", ";")
		})
	},
}
