package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// ForwardedScheme finds a TLS server whose application is not told that the
// request came over TLS.
var ForwardedScheme = &lint.Rule{
	ID:       "pair-forwarded-scheme",
	Severity: diag.Warning,
	Summary:  "TLS ends at nginx and the application is not told",
	Fixable:  true,
	Page:     page("pair-forwarded-scheme"),
	Check:    checkForwardedScheme,
}

// schemeHeaders are the headers by which frameworks learn the scheme.
var schemeHeaders = []string{"X-Forwarded-Proto", "X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Scheme", "X-Url-Scheme", "Forwarded", "Front-End-Https"}

// schemeParams are the uwsgi parameters by which the Python plugin, or a
// framework, learns it (plugins/python/wsgi_handlers.c, uwsgi_request_wsgi).
var schemeParams = []string{"HTTPS", "UWSGI_SCHEME", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PROTOCOL", "HTTP_X_FORWARDED_SSL", "HTTP_X_SCHEME"}

func checkForwardedScheme(p *lint.Pass) {
	tls := tlsServers(p)
	for _, via := range p.Passes {
		if !tls[via.Node.Scope.Enclosing(directive.Server)] {
			continue
		}
		switch via.Protocol {
		case pair.UWSGI:
			checkScheme(p, via, "uwsgi_param", schemeParams, "UWSGI_SCHEME")
		case pair.HTTP:
			if len(configs(via)) > 0 { // another program may know it already
				checkScheme(p, via, "proxy_set_header", schemeHeaders, "X-Forwarded-Proto")
			}
		}
	}
}

func checkScheme(p *lint.Pass, via *pair.Pass, name string, known []string, add string) {
	scope := via.Node.Scope
	nodes := scope.Effective(name)
	if name == "uwsgi_param" && len(nodes) == 0 {
		return // nothing at all is passed: pair-missing-params says so
	}
	for _, k := range known {
		if site.First(nodes, k) != nil {
			return
		}
	}
	d := diag.Diagnostic{
		Location: via.Node.HeadLocation(),
		Message:  diag.T("the server speaks TLS, and no %s tells the application so", name),
		Why:      diag.T("the application takes the request for plain HTTP: redirect loops, links to http://, cookies without Secure"),
		Help:     diag.T("add `%s %s $scheme;`", name, add),
	}
	// A line of its own in an inner scope would drop the inherited ones.
	if len(nodes) == 0 || nodes[0].Scope == scope && nodes[0].File == via.Node.File {
		if edit, ok := via.Node.Beside(name, name+" "+add+" $scheme;"); ok {
			d.Fix = &diag.Fix{Message: diag.T("add %s", add), Edits: []diag.Edit{edit}}
		}
	}
	p.Report(d)
}

// tlsServers returns the scopes of the servers that speak TLS.
func tlsServers(p *lint.Pass) map[*site.Scope]bool {
	found := map[*site.Scope]bool{}
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				if l.SSL || l.QUIC {
					found[s.Scope] = true
				}
			}
		}
	}
	return found
}
