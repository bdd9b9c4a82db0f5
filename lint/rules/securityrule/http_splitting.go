package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// HTTPSplitting reports headers and redirects into which a client can write
// lines of his own.
var HTTPSplitting = &lint.Rule{
	ID:       "nginx-http-splitting",
	Severity: diag.Error,
	Summary:  "a variable that can hold a line break stands in a header, a redirect or a request to a server behind",
	Page:     page("nginx-http-splitting"),
	Check:    checkHTTPSplitting,
}

// writes are the directives whose argument becomes part of a head: that of the
// answer, or that of the request to the server behind.
var writes = []struct {
	name     string
	argument int // from 1
}{
	{"add_header", 2}, {"add_trailer", 2}, {"auth_basic", 1}, {"charset", 1},
	{"proxy_set_header", 2}, {"grpc_set_header", 2}, {"proxy_method", 1}, {"proxy_redirect", 2}, {"proxy_cookie_path", 2}, {"proxy_cookie_domain", 2},
}

func checkHTTPSplitting(p *lint.Pass) {
	for _, c := range p.Nginx {
		t := newTracer(c)
		check := func(n *site.Node, argument int, escaped bool) {
			if n.Row == nil || argument > len(n.Args) {
				return
			}
			for _, r := range references(n.Arg(argument - 1)) {
				if escaped && r.name[0] >= '0' && r.name[0] <= '9' {
					continue // rewrite escapes captures in a redirect
				}
				if !t.breaks(n, r.name, 0) {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: n.Location(argument),
					Message:  diag.T("$%s can hold a line break, and stands in %s", r.name, n.Name.Value),
					Why:      diag.T("a request for /%0d%0aSet-Cookie:%20id=1 is decoded, and the rest becomes a header of its own: a cookie, a cached page, a second request to the server behind"),
					Help:     diag.T("write $request_uri, which stays encoded, or let the expression take no line break: [^/\\s]+ in place of [^/]+"),
				})
				break
			}
		}
		for _, w := range writes {
			for _, n := range c.Find(w.name) {
				check(n, w.argument, false)
			}
		}
		for _, n := range c.Find("return") {
			switch code := n.Arg(0); {
			case len(n.Args) == 1 && strings.Contains(code, "$"):
				check(n, 1, false)
			case code == "301", code == "302", code == "303", code == "307", code == "308":
				check(n, 2, false)
			}
		}
		for _, n := range c.Find("rewrite") {
			if leadsAway(n) {
				check(n, 2, true)
			}
		}
		for _, n := range c.Find("error_page") {
			if last := len(n.Args); last > 1 && strings.Contains(n.Arg(last-1), "://") {
				check(n, last, false)
			}
		}
		for _, n := range c.Find("proxy_pass") {
			if n.Scope.Enclosing(directive.HTTP) != nil || n.Scope.Enclosing(directive.Location) != nil {
				check(n, 1, false)
			}
		}
	}
}

// leadsAway tells whether a rewrite answers with a redirect.
func leadsAway(n *site.Node) bool {
	to, flag := n.Arg(1), n.Arg(2)
	return flag == "redirect" || flag == "permanent" || strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "$scheme")
}

// breaks tells whether a variable can hold a line break where a directive
// names it.
func (t *tracer) breaks(n *site.Node, name string, hops int) bool {
	if hops > maxHops {
		return false
	}
	for _, s := range t.sources(n, name) {
		switch {
		case s.builtin != "":
			switch s.builtin {
			case "uri", "document_uri", "request_filename", "fastcgi_script_name", "fastcgi_path_info":
				if t.uriBreaks(n.Scope) {
					return true
				}
			}
		case s.tree != nil:
			if !s.tree.CanHold(s.group, '\n') {
				continue
			}
			for _, r := range references(s.subject) {
				if r.name == "uri" && s.at.Name.Value != "if" && s.at.Name.Value != "map" || t.breaks(s.at, r.name, hops+1) {
					return true
				}
			}
		default:
			for _, r := range references(s.value) {
				if t.breaks(s.at, r.name, hops+1) {
					return true
				}
			}
		}
	}
	return false
}

// uriBreaks tells whether $uri can hold a line break in a scope: not in an
// exact location, nor in one whose expression covers the whole path without.
func (t *tracer) uriBreaks(s *site.Scope) bool {
	location := s.Enclosing(directive.Location)
	if location == nil || location.Opener == nil {
		return true
	}
	o := location.Opener
	if strings.HasPrefix(o.Arg(0), "=") {
		return false
	}
	pattern, ignoreCase, ok := expression(o)
	if !ok {
		return true
	}
	tree := t.parse(pattern, ignoreCase)
	return tree != nil && !(tree.AnchoredStart() && tree.AnchoredEnd() && !tree.CanHold(0, '\n'))
}
