package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// AccessLogOffAll reports servers of applications that log no request at all.
var AccessLogOffAll = &lint.Rule{
	ID:       "nginx-access-log-off-all",
	Severity: diag.Info,
	Summary:  "access_log off for a whole server that passes requests to an application",
	Page:     page("nginx-access-log-off-all"),
	Check:    checkAccessLogOffAll,
}

func checkAccessLogOffAll(p *lint.Pass) {
	for _, c := range p.Nginx {
		logging := map[*site.Scope]bool{} // scopes below which something is logged
		for _, n := range c.Find("access_log") {
			for s := n.Scope; s != nil && n.Arg(0) != "off" && !logging[s]; s = s.Parent {
				logging[s] = true
			}
		}
		passing := map[*site.Scope]bool{}
		for _, name := range passDirectives {
			for s := range passingScopes(c, name) {
				passing[s] = true
			}
		}
		for _, n := range c.Find("access_log") {
			if n.Arg(0) != "off" || n.Scope.Context&(directive.HTTP|directive.Server) == 0 || logging[n.Scope] || !passing[n.Scope] || isOpaque(n.Scope) || loopback(n.Scope) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("no request to the application is logged"),
				Why:      diag.T("after an error or an attack nobody can tell who asked for what, and when"),
				Help:     diag.T("switch it off only for static files and health checks; `access_log ... buffer=64k flush=5s` costs next to nothing"),
			})
		}
	}
}

// loopback tells whether the server of a scope is reached from this machine
// alone.
func loopback(s *site.Scope) bool {
	if s.Context != directive.Server {
		return false
	}
	for _, l := range s.Here("listen") {
		host := l.Arg(0)
		if !isLoopback(host) {
			return false
		}
	}
	return len(s.Here("listen")) > 0
}
