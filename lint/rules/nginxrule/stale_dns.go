package nginxrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// StaleDNS reports host names that nginx resolves once, when it starts, and
// those that it cannot resolve at all.
var StaleDNS = &lint.Rule{
	ID:       "nginx-stale-dns",
	Severity: diag.Warning,
	Summary:  "a host name that is resolved once at start, or in a variable without a resolver",
	Page:     page("nginx-stale-dns"),
	Check:    checkStaleDNS,
}

func checkStaleDNS(p *lint.Pass) {
	said, follows := map[diag.Location]bool{}, followed(p)
	for _, via := range p.Passes {
		if via.Protocol == "" || via.Node.Scope.Enclosing(directive.Server) == nil {
			continue // of the stream module
		}
		variable := strings.Contains(via.Node.Arg(0), "$")
		for _, t := range via.Targets {
			if t.Unknown || t.Network != pair.TCP || isAddress(t.Host) || said[t.At] || t.Host == "" || t.Host == "*" {
				continue
			}
			said[t.At] = true
			switch {
			case variable && t.Upstream == nil:
				checkResolver(p, via, t)
			case variable || !public(t.Host):
			case t.Upstream == nil:
				reportResolvedOnce(p, t.At, t.Host)
			case !follows[t.At]:
				reportResolvedOnce(p, t.At, t.Host)
			}
		}
	}
}

// public tells whether a name is looked up in the DNS of the world: containers
// and machines of one's own have names of one label, or of a private domain,
// and addresses that stay.
func public(host string) bool {
	if !strings.Contains(host, ".") || strings.ContainsAny(host, "${") {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	private := []string{"local", "localhost", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "test", "example", "invalid", "docker"}
	return !slices.Contains(private, labels[len(labels)-1]) && !slices.Contains(labels, "svc")
}

// followed returns the places of the members of upstreams that follow the DNS.
func followed(p *lint.Pass) map[diag.Location]bool {
	found := map[diag.Location]bool{}
	for _, c := range p.Nginx {
		for _, u := range c.Upstreams {
			for _, s := range u.Servers {
				if slices.ContainsFunc(s.Node.Args[1:], func(w nginx.Word) bool { return w.Value == "resolve" }) {
					found[s.Node.Location(1)] = true
				}
			}
		}
	}
	return found
}

func reportResolvedOnce(p *lint.Pass, at diag.Location, host string) {
	d := diag.Diagnostic{
		Location: at,
		Message:  diag.T("%q is resolved once, when nginx starts", host),
		Why:      diag.T("when its address changes nginx goes on with the old one: 502 or 504 until it is reloaded, and no start at all while the name does not resolve (host not found in upstream)"),
		Help:     diag.T("add a resolver, and pass to a variable that holds the name"),
	}
	if !saidOlder(p, "1.27.3") {
		d.Help = diag.T("name it in an upstream with `zone` and `server %s resolve;` (nginx 1.27.3), beside a resolver", host)
	}
	p.Report(d)
}

// checkResolver finds a name in a variable, which nginx resolves for each
// request, and no resolver to ask.
func checkResolver(p *lint.Pass, via *pair.Pass, t *pair.Target) {
	scope := via.Node.Scope
	server := scope.Enclosing(directive.Server)
	if len(scope.Effective("resolver")) > 0 || opaqueAround(scope) || !rooted(server) {
		return
	}
	p.Report(diag.Diagnostic{
		Location: via.Node.Location(1),
		Message:  diag.T("no resolver for %q, which stands in a variable", t.Host),
		Why:      diag.T("nginx answers 502 and logs: no resolver defined to resolve %s", t.Host),
		Help:     diag.T("add `resolver` with the address of a name server"),
		Related:  []diag.Related{{Location: t.At, Message: diag.T("the name")}},
	})
}

// rooted tells whether the blocks around a server are here, up to the main one.
func rooted(s *site.Scope) bool {
	for s.Parent != nil {
		s = s.Parent
	}
	return s.Context == directive.Main
}
