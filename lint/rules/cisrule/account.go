package cisrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// Account asks for item 2.2.1 of the benchmark: nginx runs under an account of its own without rights.
var Account = &lint.Rule{
	ID:       "cis-account",
	Severity: diag.Warning,
	Off:      true,
	Profile:  lint.CIS,
	Summary:  "nginx runs under an account of its own without rights",
	Page:     page("cis-account"),
	Check:    checkAccount,
}

func checkAccount(p *lint.Pass) {
	for _, c := range p.Nginx {
		users := c.Find("user")
		for _, n := range users {
			if n.Arg(0) == "root" {
				p.Report(diag.Diagnostic{
					Location: n.HeadLocation(),
					Message:  diag.T("CIS 2.2.1: nginx runs as %s, and the benchmark asks for an account of its own", n.Arg(0)),
					Help:     diag.T("write `user nginx;` or `user www-data;`, an account that nothing else uses and nobody can log in to"),
				})
			}
		}
		if len(users) == 0 && whole(c) {
			at := c.HTTP.Opener
			p.Report(diag.Diagnostic{
				Location: at.Location(0),
				Message:  diag.T("CIS 2.2.1: no user is set, and the benchmark asks for an account of its own"),
				Why:      diag.T("the workers run as nobody, or as what nginx was built with, which other programs may use too"),
				Help:     diag.T("write `user nginx;` or `user www-data;`, an account that nothing else uses and nobody can log in to"),
			})
		}
	}
}
