package securityrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// RunsAsRoot reports workers that keep root's rights.
var RunsAsRoot = &lint.Rule{
	ID:       "nginx-runs-as-root",
	Severity: diag.Warning,
	Summary:  "nginx's workers run as root",
	Page:     page("nginx-runs-as-root"),
	Check:    checkRunsAsRoot,
}

func checkRunsAsRoot(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("user") {
			if n.Arg(0) != "root" || n.Row == nil {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("the workers run as root"),
				Why:      diag.T("they read and write whatever a request leads them to, /etc/shadow too, and a fault in nginx is a fault of the whole machine"),
				Help:     diag.T("write the account of nginx's package: `user www-data;` on Debian and Ubuntu, `user nginx;` elsewhere; the master still binds port 80 as root"),
			})
		}
	}
}
