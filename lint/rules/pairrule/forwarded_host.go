package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// ForwardedHost finds an application that is not told the Host the client
// asked for, or the client's address, and a catch-all server that hands any
// Host on to it.
var ForwardedHost = &lint.Rule{
	ID:       "pair-forwarded-host",
	Severity: diag.Warning,
	Summary:  "the application is told a wrong Host or client address, or any Host at all",
	Fixable:  true,
	Page:     page("pair-forwarded-host"),
	Check:    checkForwardedHost,
}

func checkForwardedHost(p *lint.Pass) {
	catchAll := catchAllServers(p)
	seen := map[*site.Scope]bool{}
	for _, via := range p.Passes {
		if len(configs(via)) == 0 {
			continue
		}
		if via.Protocol == pair.HTTP {
			checkForwardHeaders(p, via)
		}
		server := via.Node.Scope.Enclosing(directive.Server)
		if s := catchAll[server]; s != nil && !seen[server] {
			seen[server] = true
			reportCatchAll(p, s, via)
		}
	}
}

// checkForwardHeaders finds a proxy_pass to uWSGI without Host or X-Forwarded-For.
func checkForwardHeaders(p *lint.Pass, via *pair.Pass) {
	scope := via.Node.Scope
	nodes := scope.Effective("proxy_set_header")
	var missing []string
	if site.First(nodes, "Host") == nil {
		missing = append(missing, "Host $host")
	}
	if site.First(nodes, "X-Forwarded-For") == nil && site.First(nodes, "X-Real-IP") == nil && site.First(nodes, "Forwarded") == nil {
		missing = append(missing, "X-Forwarded-For $proxy_add_x_forwarded_for")
	}
	if len(missing) == 0 {
		return
	}
	d := diag.Diagnostic{
		Location: via.Node.HeadLocation(),
		Message:  diag.T("proxy_pass to uWSGI without proxy_set_header %s", missing[0]),
		Why:      diag.T("without Host the application sees the name of the upstream (400 from Django's ALLOWED_HOSTS, redirects to it); without X-Forwarded-For every client has nginx's address"),
		Help:     diag.T("add `proxy_set_header %s;`", missing[0]),
	}
	// A line of its own in an inner scope would drop the inherited ones.
	if len(nodes) == 0 || nodes[0].Scope == scope && nodes[0].File == via.Node.File {
		lines := make([]string, len(missing))
		for i, m := range missing {
			lines[i] = "proxy_set_header " + m + ";"
		}
		if edit, ok := via.Node.Beside("proxy_set_header", lines...); ok {
			d.Fix = &diag.Fix{Message: diag.T("add the headers"), Edits: []diag.Edit{edit}}
		}
	}
	p.Report(d)
}

// catchAllServers returns the servers without a name of their own that stand
// on an address where other servers have names.
func catchAllServers(p *lint.Pass) map[*site.Scope]*site.Server {
	type address struct {
		unix, host string
		port       int
	}
	found := map[*site.Scope]*site.Server{}
	for _, c := range p.Nginx {
		named := map[address]bool{}
		for _, s := range c.Servers {
			if hasName(s) {
				for _, l := range s.Listens {
					named[address{l.Unix, l.Host, l.Port}] = true
				}
			}
		}
		for _, s := range c.Servers {
			if hasName(s) {
				continue
			}
			for _, l := range s.Listens {
				if named[address{l.Unix, l.Host, l.Port}] {
					found[s.Scope] = s
				}
			}
		}
	}
	return found
}

// hasName tells whether a server has a name other than "" and "_".
func hasName(s *site.Server) bool {
	for _, n := range s.Names {
		if n.Value != "" && n.Value != "_" {
			return true
		}
	}
	return false
}

func reportCatchAll(p *lint.Pass, s *site.Server, via *pair.Pass) {
	at := s.Opener.Location(0)
	if len(s.Names) > 0 && s.Names[0].Node != nil {
		at = s.Names[0].Node.HeadLocation()
	}
	p.Report(diag.Diagnostic{
		Location: at,
		Message:  diag.T("this server takes the requests for every unknown Host and passes them to the application"),
		Why:      diag.T("the application builds links, redirects and password-reset mails with whatever Host the client sent"),
		Help:     diag.T("answer unknown hosts with `return 444;`, and name the application's hosts in server_name"),
		Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("the requests go on here")}},
	})
}
