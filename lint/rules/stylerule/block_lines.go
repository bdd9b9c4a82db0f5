package stylerule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/layout"
	"github.com/deployctl/deployctl/lint"
)

// BlockLines reports line breaks and blank lines that are not where the style has them.
var BlockLines = &lint.Rule{
	ID:       "style-block-lines",
	Severity: diag.Info,
	Summary:  "a line break or blank line too many, or one that is missing between directives or blocks",
	Fixable:  true,
	Off:      true,
	Page:     page("style-block-lines"),
	Check: func(p *lint.Pass) {
		report(p, layout.BlockLines, func(e layout.Edit) diag.Text {
			before := byte('\n') // the byte that the place follows
			if e.Span.Start > 0 {
				before = e.File.Src[e.Span.Start-1]
			}
			switch {
			case before == '\n' && e.New == "":
				return diag.T("a blank line too many")
			case before == '\n':
				return diag.T("a blank line is missing between two blocks")
			case strings.Contains(e.New, "\n"):
				return diag.T("a line break is missing here")
			case before == '{':
				return diag.T("the block is empty, and does not read {}")
			}
			return diag.T("the brace does not stand on the line of its directive")
		})
	},
}
