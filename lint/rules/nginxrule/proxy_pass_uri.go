package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// ProxyPassURI reports a proxy_pass whose path does not become what its author
// expects.
var ProxyPassURI = &lint.Rule{
	ID:       "nginx-proxy-pass-uri",
	Severity: diag.Warning,
	Summary:  "slashes of location and proxy_pass that do not fit, or a path or query that is lost",
	Page:     page("nginx-proxy-pass-uri"),
	Check:    checkProxyPassURI,
}

func checkProxyPassURI(p *lint.Pass) {
	for _, c := range p.Nginx {
		for l := range c.Locations() {
			if l.Context != directive.Location || l.Opener == nil {
				continue
			}
			for _, n := range l.Here("proxy_pass") {
				host, uri, ok := passParts(n.Arg(0))
				switch {
				case !ok || template(n.Arg(0)):
				case strings.Contains(n.Arg(0), "$"):
					checkVariableURI(p, l, n, host, uri)
				case uri != "":
					checkSlashes(p, l, n, uri)
					checkRewritten(p, l, n, uri)
				}
			}
		}
	}
}

// passParts takes the argument of proxy_pass apart; uri starts at the first
// slash, or variable for a path, after the host.
func passParts(arg string) (host, uri string, ok bool) {
	_, rest, ok := strings.Cut(arg, "://")
	if !ok {
		return "", "", false
	}
	if strings.HasPrefix(rest, "unix:") {
		end := strings.IndexByte(rest[len("unix:"):], ':')
		if end < 0 {
			return rest, "", true
		}
		end += len("unix:") + 1
		return rest[:end], rest[end:], true
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[:i], rest[i:], true
	}
	return rest, "", true
}

// checkSlashes compares the end of the location's prefix with that of the URI
// that takes its place.
func checkSlashes(p *lint.Pass, l *site.Location, n *site.Node, uri string) {
	if l.Kind != site.Prefix && l.Kind != site.PrefixNoRegex || strings.ContainsAny(uri, "?#") {
		return
	}
	slash := strings.HasSuffix(l.Pattern, "/")
	if slash == strings.HasSuffix(uri, "/") {
		return
	}
	d := diag.Diagnostic{
		Location: n.Location(1),
		Related:  []diag.Related{{Location: l.Opener.HeadLocation(), Message: diag.T("what is replaced")}},
	}
	if slash {
		d.Message = diag.T("location %q ends with a slash, and the path %q of proxy_pass does not", l.Pattern, uri)
		d.Why = diag.T("the path takes the place of the prefix: %spage becomes %spage", l.Pattern, uri)
		d.Help = diag.T("write `%s/`", n.Arg(0))
	} else {
		d.Message = diag.T("the path %q of proxy_pass ends with a slash, and location %q does not", uri, l.Pattern)
		d.Why = diag.T("the path takes the place of the prefix: %s/page becomes %s/page, and %spage becomes %spage", l.Pattern, uri, l.Pattern, uri)
		d.Help = diag.T("write `location %s/`", l.Pattern)
	}
	p.Report(d)
}

// checkRewritten finds a path that is not used, since a rewrite with break has
// changed the URI.
func checkRewritten(p *lint.Pass, l *site.Location, n *site.Node, uri string) {
	if uri == "/" {
		return
	}
	for _, r := range l.Here("rewrite") {
		if r.Arg(2) != "break" {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.Location(1),
			Message:  diag.T("the path %q of proxy_pass is not used where the rewrite with break matches", uri),
			Why:      diag.T("nginx passes a URI that rewrite has changed as it is"),
			Help:     diag.T("write the path into the rewrite, and leave it out here"),
			Related:  []diag.Related{{Location: r.HeadLocation(), Message: diag.T("this changes the URI")}},
		})
		return
	}
}

// checkVariableURI reads a proxy_pass with variables, whose path nginx passes
// as it is: nothing of the request is added to it.
func checkVariableURI(p *lint.Pass, l *site.Location, n *site.Node, host, uri string) {
	switch {
	case uri != "" && !strings.Contains(uri, "$") && l.Kind != site.Exact && !isRegexLocation(l):
		p.Report(diag.Diagnostic{
			Location: n.Location(1),
			Message:  diag.T("every request is passed as %q: with a variable, nothing takes the place of the prefix", uri),
			Why:      diag.T("the application sees one path for all, and usually answers 404"),
			Help:     diag.T("leave the path out, after a `rewrite ... break;` if the prefix has to go"),
		})
	case endsWithPath(host+uri) && !isInternal(l):
		p.Report(diag.Diagnostic{
			Location: n.Location(1),
			Message:  diag.T("proxy_pass with $uri loses the query, and passes the path decoded"),
			Why:      diag.T("/a%%20b?c=1 arrives as a path with a space, which the application answers with 400, and without c"),
			Help:     diag.T("leave $uri out: without a path nginx passes path and query as they are; or write `$uri$is_args$args`"),
		})
	}
}

// endsWithPath tells whether a target ends with the decoded path, and no query
// follows.
func endsWithPath(target string) bool {
	return strings.HasSuffix(target, "$uri") || strings.HasSuffix(target, "$document_uri")
}

func isInternal(l *site.Location) bool {
	return len(l.Effective("internal")) > 0 || l.Kind == site.Named
}
