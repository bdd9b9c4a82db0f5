package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// TryFilesProxy reports a try_files that does not do what it says.
var TryFilesProxy = &lint.Rule{
	ID:       "nginx-try-files-proxy",
	Severity: diag.Warning,
	Summary:  "try_files beside a pass, or with a fallback that is none",
	Page:     page("nginx-try-files-proxy"),
	Check:    checkTryFilesProxy,
}

func checkTryFilesProxy(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("try_files") {
			if n.Row == nil || len(n.Args) < 2 {
				continue
			}
			checkTryAndPass(p, n)
			checkMisplaced(p, n)
			checkFallback(p, c, n)
		}
	}
}

// checkTryAndPass finds try_files in a location that passes to an application:
// what is found is passed on as well. FastCGI is the exception: there it checks
// that the script exists.
func checkTryAndPass(p *lint.Pass, n *site.Node) {
	pass := passHere(n.Scope)
	if pass == nil || pass.Name.Value == "fastcgi_pass" || pass.Name.Value == "memcached_pass" {
		return
	}
	p.Report(diag.Diagnostic{
		Location: n.HeadLocation(),
		Message:  diag.T("try_files beside %s serves no file", pass.Name.Value),
		Why:      diag.T("the file that is found only changes the URI: every request goes to %s, and one without a file to the fallback", pass.Arg(0)),
		Help:     diag.T("write `try_files $uri @app;`, and move the pass to `location @app { ... }`"),
		Related:  []diag.Related{{Location: pass.HeadLocation(), Message: diag.T("the requests go on here")}},
	})
}

// checkMisplaced finds a code or a named location that is not the last
// argument, where nginx takes it for the name of a file.
func checkMisplaced(p *lint.Pass, n *site.Node) {
	for i, a := range n.Args[:len(n.Args)-1] {
		code := strings.HasPrefix(a.Value, "=") && len(a.Value) == 4
		if !code && !strings.HasPrefix(a.Value, "@") {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.Location(i + 1),
			Message:  diag.T("try_files takes %q for the name of a file: only the last argument is the fallback", a.Value),
			Why:      diag.T("nginx looks for a file of that name and goes on"),
			Help:     diag.T("make it the last argument"),
		})
	}
}

// checkFallback reads the last argument: a URI, a code or a named location.
func checkFallback(p *lint.Pass, c *site.Config, n *site.Node) {
	last := n.Args[len(n.Args)-1].Value
	if strings.HasPrefix(last, "=") || strings.HasPrefix(last, "@") || last == "" || template(last) {
		return
	}
	d := diag.Diagnostic{Location: n.Location(len(n.Args))}
	switch {
	case len(last) == 3 && last[0] >= '1' && last[0] <= '5' && digits(last):
		d.Message = diag.T("the fallback %q of try_files is a file of that name, not a status", last)
		d.Why = diag.T("nginx appends it to the root as it is, and answers 404 or 500 with open() failed")
		d.Help = diag.T("write `=%s`", last)
	case last == "$uri" || last == "$document_uri":
		d.Message = diag.T("the fallback of try_files leads to the same URI again")
		d.Why = diag.T("nginx answers 500 and logs: rewrite or internal redirection cycle while internally redirecting")
		d.Help = diag.T("add `=404` as the last argument")
	case !strings.HasPrefix(last, "/") && !strings.HasPrefix(last, "$"):
		d.Message = diag.T("the fallback %q of try_files does not start with a slash", last)
		d.Why = diag.T("the fallback is a URI: nginx appends it to the root without a slash, and answers 404")
		d.Help = diag.T("write `/%s`", last)
	case !strings.Contains(last, "$") && loops(c, n, last):
		d.Message = diag.T("the fallback %q of try_files leads to this location again, and none of the files can match there", last)
		d.Why = diag.T("nginx answers 500 and logs: rewrite or internal redirection cycle while internally redirecting to %q", last)
		d.Help = diag.T("add `$uri` to the files, or name a location that answers")
	default:
		return
	}
	p.Report(d)
}

func digits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// loops tells whether the fallback is answered by the very location of the
// try_files, whose files cannot match there.
func loops(c *site.Config, n *site.Node, fallback string) bool {
	for _, a := range n.Args[:len(n.Args)-1] {
		if strings.Contains(a.Value, "$") || a.Value == fallback {
			return false
		}
	}
	server := n.Scope.Enclosing(directive.Server)
	if server == nil || server.Opener == nil {
		return false
	}
	for _, s := range c.Servers {
		if s.Scope != server || len(s.Listens) == 0 {
			continue
		}
		l := s.Listens[0]
		addr := l.Host + ":" + itoa(l.Port)
		if l.Unix != "" {
			addr = "unix:" + l.Unix
		}
		host := ""
		if s.Names[0].Kind == site.ExactName {
			host = s.Names[0].Value
		}
		r := c.Match(site.Request{Addr: strings.TrimPrefix(addr, "*"), Host: host, URI: fallback})
		return r.Server == s && r.Location != nil && r.Location.Scope == n.Scope
	}
	return false
}
