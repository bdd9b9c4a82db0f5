package cisrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// Ports asks for item 2.4.1 of the benchmark: nginx listens on ports 80 and 443 alone.
var Ports = &lint.Rule{
	ID:       "cis-ports",
	Severity: diag.Warning,
	Off:      true,
	Profile:  lint.CIS,
	Summary:  "nginx listens on ports 80 and 443 alone",
	Page:     page("cis-ports"),
	Check:    checkPorts,
}

func checkPorts(p *lint.Pass) {
	for _, c := range p.Nginx {
		seen := map[*site.Node]bool{}
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				if l.Node == nil || l.Unix != "" || l.Port == 80 || l.Port == 443 || local(l.Host) || seen[l.Node] {
					continue
				}
				seen[l.Node] = true
				p.Report(diag.Diagnostic{
					Location: l.Node.Location(1),
					Message:  diag.T("CIS 2.4.1: port %d is not among the authorized ports 80 and 443", l.Port),
					Help:     diag.T("serve it on 80 or 443 by its name, listen on 127.0.0.1, or ignore the finding with the reason why the port is needed"),
				})
			}
		}
	}
}

// local tells whether an address is this machine's own.
func local(host string) bool {
	return host == "localhost" || host == "[::1]" || len(host) > 4 && host[:4] == "127."
}
