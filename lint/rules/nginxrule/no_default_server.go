package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// NoDefaultServer reports addresses with several servers of which none is
// marked as the one for unknown hosts.
var NoDefaultServer = &lint.Rule{
	ID:       "nginx-no-default-server",
	Severity: diag.Info,
	Summary:  "several servers on one address, none of them marked default_server",
	Page:     page("nginx-no-default-server"),
	Check:    checkNoDefaultServer,
}

func checkNoDefaultServer(p *lint.Pass) {
	for _, c := range p.Nginx {
		if !wholeConfig(c) {
			continue // the default may be in another file
		}
		type group struct {
			servers []*site.Server
			marked  bool
		}
		groups := map[listenKey]*group{}
		var order []listenKey
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				g := groups[keyOf(l)]
				if g == nil {
					g = &group{}
					groups[keyOf(l)] = g
					order = append(order, keyOf(l))
				}
				g.marked = g.marked || l.Default
				if n := len(g.servers); n == 0 || g.servers[n-1] != s {
					g.servers = append(g.servers, s)
				}
			}
		}
		said := map[*site.Server]bool{}
		for _, k := range order {
			g := groups[k]
			first := g.servers[0]
			// One that is first and has no name was put there on purpose.
			if g.marked || len(g.servers) < 2 || said[first] || !hasRealName(first) || first.Opener == nil {
				continue
			}
			said[first] = true
			reportNoDefault(p, k, g.servers)
		}
	}
}

// hasRealName tells whether a server has a name other than "" and "_".
func hasRealName(s *site.Server) bool {
	for _, n := range s.Names {
		if n.Value != "" && n.Value != "_" {
			return true
		}
	}
	return false
}

func reportNoDefault(p *lint.Pass, k listenKey, servers []*site.Server) {
	d := diag.Diagnostic{
		Location: servers[0].Opener.Location(0),
		Message:  diag.T("none of the %d servers on %s is marked default_server: this one, the first, answers unknown hosts", len(servers), k),
		Why:      diag.T("which server is first depends on the order of files: another site answers after one is added"),
		Help:     diag.T("add `default_server` to one listen, best of a server that answers `return 444;`"),
	}
	for _, s := range servers[1:] {
		for _, n := range s.Names {
			if n.Value == "_" && n.Node != nil {
				d.Related = append(d.Related, diag.Related{
					Location: n.Node.Location(n.Word + 1),
					Message:  diag.T("the name _ has no meaning of its own: it does not take unknown hosts"),
				})
			}
		}
	}
	p.Report(d)
}
