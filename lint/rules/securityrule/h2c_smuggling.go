package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// H2CSmuggling reports locations that hand any Upgrade of the client on.
var H2CSmuggling = &lint.Rule{
	ID:       "nginx-h2c-smuggling",
	Severity: diag.Warning,
	Summary:  "the client's Upgrade and Connection headers are passed on whatever they ask for",
	Page:     page("nginx-h2c-smuggling"),
	Check:    checkH2CSmuggling,
}

func checkH2CSmuggling(p *lint.Pass) {
	for _, c := range p.Nginx {
		seen := map[*site.Node]bool{}
		for _, pass := range c.Find("proxy_pass") {
			if pass.Row == nil {
				continue
			}
			sent := pass.Scope.Effective("proxy_set_header")
			upgrade, connection := site.First(sent, "Upgrade"), site.First(sent, "Connection")
			if upgrade == nil || connection == nil || seen[connection] {
				continue
			}
			if strings.ToLower(upgrade.Arg(1)) != "$http_upgrade" || !strings.Contains(strings.ToLower(connection.Arg(1)), "$http_connection") {
				continue
			}
			seen[connection] = true
			p.Report(diag.Diagnostic{
				Location: connection.HeadLocation(),
				Message:  diag.T("the client's Connection and Upgrade headers are passed on for every value"),
				Why:      diag.T("a client that asks for `Upgrade: h2c` speaks HTTP/2 with the server behind from then on, past every location and rule of access of nginx"),
				Help:     diag.T("pass on the one value that is needed: `map $http_upgrade $connection_upgrade { default \"\"; websocket upgrade; }` with `proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;`"),
				Related:  []diag.Related{{Location: pass.HeadLocation(), Message: diag.T("the requests go on here")}},
			})
		}
	}
}
