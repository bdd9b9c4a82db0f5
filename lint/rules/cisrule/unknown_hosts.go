package cisrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// UnknownHosts asks for item 2.4.2 of the benchmark: requests for unknown hosts are refused.
var UnknownHosts = &lint.Rule{
	ID:       "cis-unknown-hosts",
	Severity: diag.Warning,
	Off:      true,
	Profile:  lint.CIS,
	Summary:  "requests for unknown hosts are refused",
	Page:     page("cis-unknown-hosts"),
	Check:    checkUnknownHosts,
}

func checkUnknownHosts(p *lint.Pass) {
	type address struct {
		unix, host string
		port       int
	}
	for _, c := range p.Nginx {
		if !whole(c) {
			continue
		}
		refused := map[address]bool{}
		answering := map[address]site.Listen{}
		var order []address
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				a := address{l.Unix, l.Host, l.Port}
				have, ok := answering[a]
				if !ok {
					order = append(order, a)
				}
				if !ok || l.Default && !have.Default {
					answering[a] = l
					refused[a] = refuses(s)
				}
			}
		}
		for _, a := range order {
			l := answering[a]
			if refused[a] || l.Node == nil {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: l.Node.HeadLocation(),
				Message:  diag.T("CIS 2.4.2: this server answers requests for hosts that no server names"),
				Why:      diag.T("who points a name of his own at the address gets the site, and the application sees his name"),
				Help:     diag.T("add `server { listen %s default_server; server_name _; return 444; }` (with TLS: `ssl_reject_handshake on;`)", l.Node.Arg(0)),
			})
		}
	}
}

// refuses tells whether a server refuses every request.
func refuses(s *site.Server) bool {
	for _, n := range s.Here("return") {
		if code := n.Arg(0); len(code) == 3 && code[0] == '4' {
			return true
		}
	}
	return turnsAway(s)
}
