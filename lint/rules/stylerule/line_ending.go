package stylerule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/layout"
	"github.com/deployctl/deployctl/lint"
)

// LineEnding reports lines that do not end with a line feed alone.
var LineEnding = &lint.Rule{
	ID:       "style-line-ending",
	Severity: diag.Info,
	Summary:  "a line that ends with a carriage return, or a last line that does not end",
	Fixable:  true,
	Off:      true,
	Page:     page("style-line-ending"),
	Check: func(p *lint.Pass) {
		report(p, layout.LineEnding, func(e layout.Edit) diag.Text {
			if e.New != "" {
				return diag.T("the last line does not end with a line feed")
			}
			return diag.T("the line ends with a carriage return")
		})
	},
}
