package nginxrule

import (
	"net/netip"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// ProxyHost reports a proxy_pass that sends the name of the upstream, or the
// address, as the Host of the request.
var ProxyHost = &lint.Rule{
	ID:       "nginx-proxy-host",
	Severity: diag.Warning,
	Summary:  "proxy_pass to an application without the client's Host",
	Fixable:  true,
	Page:     page("nginx-proxy-host"),
	Check:    checkProxyHost,
}

func checkProxyHost(p *lint.Pass) {
	for _, via := range p.Passes {
		n := via.Node
		if n.Name.Value != "proxy_pass" || via.Protocol != pair.HTTP && via.Protocol != pair.HTTPS || n.Scope.Enclosing(directive.Server) == nil || reachesUwsgi(via) {
			continue // pair-forwarded-host speaks of uWSGI
		}
		sent, ok := ownHost(via)
		if !ok || len(n.Scope.Effective("internal")) > 0 || opaqueAround(n.Scope) {
			continue
		}
		nodes := n.Scope.Effective("proxy_set_header")
		if site.First(nodes, "Host") != nil {
			continue
		}
		d := diag.Diagnostic{
			Location: n.HeadLocation(),
			Message:  diag.T("the application sees Host %q, not the client's", sent),
			Why:      diag.T("its links, redirects and cookies name a host that no browser reaches, and Django answers 400 (Invalid HTTP_HOST header)"),
			Help:     diag.T("add `proxy_set_header Host $host;`"),
		}
		switch {
		case len(nodes) == 0:
			if edit, ok := n.Beside("proxy_set_header", "proxy_set_header Host $host;"); ok {
				d.Fix = &diag.Fix{Message: diag.T("pass the client's Host"), Edits: []diag.Edit{edit}}
			}
		case nodes[0].File == n.File:
			// A line of its own in an inner block would drop the inherited ones.
			d.Fix = &diag.Fix{Message: diag.T("pass the client's Host"), Edits: []diag.Edit{nodes[0].Before("proxy_set_header Host $host;")}}
		}
		p.Report(d)
	}
}

// reachesUwsgi tells whether a pass leads to one of the uWSGI files.
func reachesUwsgi(via *pair.Pass) bool {
	for _, t := range via.Targets {
		if len(t.Binds) > 0 {
			return true
		}
	}
	return false
}

// ownHost returns the Host that nginx sends by itself ($proxy_host), where it
// cannot be what the client calls it: an upstream, an address, a socket, a
// container.
func ownHost(via *pair.Pass) (string, bool) {
	if len(via.Targets) == 0 || strings.Contains(via.Node.Arg(0), "$") {
		return "", false
	}
	t := via.Targets[0]
	switch {
	case t.Unknown:
		return "", false
	case t.Upstream != nil:
		return t.Upstream.Name, !strings.Contains(t.Upstream.Name, ".")
	case t.Network != pair.TCP:
		return "localhost", true
	}
	host, _, _ := passParts(via.Node.Arg(0))
	return host, !strings.Contains(t.Host, ".") || isAddress(t.Host)
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

// opaqueAround tells whether a scope, or one around it, holds an include that
// could not be followed.
func opaqueAround(s *site.Scope) bool {
	for ; s != nil; s = s.Parent {
		if isOpaque(s) {
			return true
		}
	}
	return false
}
