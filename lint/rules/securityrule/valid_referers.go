package securityrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// ValidReferers reports checks of the Referer that its absence passes.
var ValidReferers = &lint.Rule{
	ID:       "nginx-valid-referers",
	Severity: diag.Warning,
	Summary:  "a request without a Referer passes the check of the Referer",
	Page:     page("nginx-valid-referers"),
	Check:    checkValidReferers,
}

func checkValidReferers(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("valid_referers") {
			if n.Row == nil || onlyFiles(n.Scope) {
				continue
			}
			for i, a := range n.Args {
				if a.Value != "none" {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: n.Location(i + 1),
					Message:  diag.T("a request without a Referer counts as valid"),
					Why:      diag.T("every page can send its visitors without one (Referrer-Policy: no-referrer): the check keeps out nobody who knows"),
					Help:     diag.T("remove none where the check guards an action; keep it only where it keeps other sites from showing your images"),
				})
			}
		}
	}
}

// onlyFiles tells whether a location serves files: there the check keeps other
// sites from showing them, and clients that send no Referer are let in on purpose.
func onlyFiles(s *site.Scope) bool {
	return s.Context&directive.Location != 0 && !hands(s)
}
