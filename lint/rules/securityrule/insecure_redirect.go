package securityrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// InsecureRedirect reports redirects that lead away from TLS, or past it.
var InsecureRedirect = &lint.Rule{
	ID:       "nginx-insecure-redirect",
	Severity: diag.Warning,
	Summary:  "a redirect leads from TLS to plain HTTP, or keeps plain HTTP where TLS is served",
	Fixable:  true,
	Page:     page("nginx-insecure-redirect"),
	Check:    checkInsecureRedirect,
}

func checkInsecureRedirect(p *lint.Pass) {
	for _, c := range p.Nginx {
		secure := map[string]bool{} // names that are served with TLS
		servers := map[*site.Scope]*site.Server{}
		ours := map[*site.Server]bool{} // whether a name of the server is among them
		for _, s := range c.Servers {
			servers[s.Scope] = s
			if speaksTLS(s) && word(s.Scope, "ssl_reject_handshake") != "on" {
				for _, n := range s.Names {
					secure[n.Value] = true
				}
			}
		}
		for _, name := range []string{"return", "rewrite"} {
			for _, n := range c.Find(name) {
				s := servers[n.Scope.Enclosing(directive.Server)]
				if n.Row == nil || s == nil || s.Opener == nil || len(n.Args) == 0 {
					continue
				}
				own, known := ours[s]
				if !known {
					own = slices.ContainsFunc(s.Names, func(n site.Name) bool { return n.Value != "" && n.Value != "_" && secure[n.Value] })
					ours[s] = own
				}
				word := len(n.Args)
				if name == "rewrite" {
					word = 2
				}
				if word <= len(n.Args) {
					checkRedirect(p, s, secure, own, n, word)
				}
			}
		}
	}
}

func checkRedirect(p *lint.Pass, s *site.Server, secure map[string]bool, named bool, n *site.Node, word int) {
	target := n.Arg(word - 1)
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok {
		return
	}
	host := rest
	if i := strings.IndexAny(rest, "/:?$"); i > 0 {
		host = rest[:i]
	}
	own := strings.HasPrefix(rest, "$host") || strings.HasPrefix(rest, "$http_host") || strings.HasPrefix(rest, "$server_name")
	encrypted := secure[strings.ToLower(host)]
	encrypted = encrypted || own && named
	d := diag.Diagnostic{Location: n.Location(word)}
	switch {
	case scheme == "http" && onlyTLS(s) && (own || encrypted):
		d.Message = diag.T("a request that came with TLS is led to plain HTTP")
		d.Why = diag.T("the client follows unencrypted, with its cookies, and ends in a loop of redirects where plain HTTP leads back to TLS")
	case scheme == "http" && !onlyTLS(s) && encrypted && !own:
		d.Message = diag.T("the redirect leads to plain HTTP, though %s is served with TLS", host)
		d.Why = diag.T("the first request travels unencrypted, and whoever is on the way can answer it")
	case scheme == "$scheme" && !onlyTLS(s) && encrypted && !own:
		d.Message = diag.T("the redirect keeps the client's scheme, though %s is served with TLS", host)
		d.Why = diag.T("who comes with plain HTTP is led on with plain HTTP, which takes a second redirect or stays unencrypted")
	default:
		return
	}
	d.Help = diag.T("write https://%s", rest)
	d.Fix = fix(diag.T("lead to https"), replace(n, word, "https://"+rest))
	p.Report(d)
}
