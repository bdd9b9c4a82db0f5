package securityrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// HostSpoofing reports the client's own Host header where the host that nginx
// chose the server by is meant.
var HostSpoofing = &lint.Rule{
	ID:       "nginx-host-spoofing",
	Severity: diag.Warning,
	Summary:  "$http_host is passed on, which need not be the host that the server was chosen by",
	Fixable:  true,
	Page:     page("nginx-host-spoofing"),
	Check:    checkHostSpoofing,
}

// hostHeaders are what applications take the host from.
var hostHeaders = map[string]bool{"host": true, "x-forwarded-host": true, "http_host": true, "http_x_forwarded_host": true, "server_name": true, "x-host": true}

func checkHostSpoofing(p *lint.Pass) {
	for _, c := range p.Nginx {
		servers := map[*site.Scope]*site.Server{}
		for _, s := range c.Servers {
			servers[s.Scope] = s
		}
		for _, name := range []string{"proxy_set_header", "grpc_set_header", "uwsgi_param", "fastcgi_param", "scgi_param"} {
			for _, n := range c.Find(name) {
				if n.Row == nil || !hostHeaders[strings.ToLower(n.Arg(0))] || !says(n) {
					continue
				}
				s := servers[n.Scope.Enclosing(directive.Server)]
				if s != nil && s.Opener != nil && !hasName(s) {
					continue // it takes requests for every host anyhow
				}
				p.Report(diag.Diagnostic{
					Location: n.Location(2),
					Message:  diag.T("%s %s passes on whatever the client sent", n.Arg(0), n.Arg(1)),
					Why:      diag.T("`GET http://your.example/ HTTP/1.1` with `Host: other.example` is answered by the server of your.example, and the application builds its links with other.example"),
					Help:     diag.T("write $host, or where the port matters a map of it (`map $http_host $port { default \"\"; \"~(:[0-9]+)$\" $1; }` and $host$port); since nginx 1.29.3 `$host$is_request_port$request_port`"),
					Fix:      hostFix(s, n),
				})
			}
		}
	}
}

// says tells whether the client says what a header holds: $http_host alone, or,
// in the place of Host itself, anything that comes from its request.
func says(n *site.Node) bool {
	value := strings.ToLower(n.Arg(1))
	if value == "$http_host" || value == "${http_host}" {
		return true
	}
	name := strings.ToLower(n.Arg(0))
	return (name == "host" || name == "http_host") && slices.ContainsFunc(references(value), func(r reference) bool {
		return r.name == "http_host" || r.name == "http_x_forwarded_host" || strings.HasPrefix(r.name, "arg_") || strings.HasPrefix(r.name, "cookie_")
	})
}

// hostFix returns the fix for a server on the usual ports. On others the value
// has to hold the port, which only the outside of a container may know.
func hostFix(s *site.Server, n *site.Node) *diag.Fix {
	if refs := references(n.Arg(1)); len(refs) != 1 || refs[0].name != "http_host" || refs[0].end-refs[0].start != len(n.Arg(1)) {
		return nil
	}
	f := fix(diag.T("pass on $host"), replace(n, 2, "$host"))
	f.Unsafe = s == nil || s.Opener == nil
	if s != nil {
		for _, l := range s.Listens {
			if l.Unix != "" || l.Port != 80 && l.Port != 443 {
				f.Unsafe = true // a client that named a port finds it missing
			}
		}
	}
	return f
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
