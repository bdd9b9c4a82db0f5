package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// SecurityHeaders reports files that are served without the headers that keep
// browsers from misusing them, and headers that do harm.
var SecurityHeaders = &lint.Rule{
	ID:       "nginx-security-headers",
	Severity: diag.Info,
	Summary:  "files are served without X-Content-Type-Options, pages without X-Frame-Options",
	Fixable:  true,
	Page:     page("nginx-security-headers"),
	Check:    checkSecurityHeaders,
}

func checkSecurityHeaders(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("add_header") {
			if n.Row != nil {
				checkObsolete(p, n)
			}
		}
		for _, s := range c.Servers {
			if s.Opener != nil && public(s) && !placeholder(s) {
				checkServerHeaders(p, c, s)
			}
		}
	}
}

// checkObsolete finds headers that browsers no longer read as meant.
func checkObsolete(p *lint.Pass, n *site.Node) {
	value := strings.TrimSpace(n.Arg(1))
	d := diag.Diagnostic{Location: n.HeadLocation()}
	switch name := strings.ToLower(n.Arg(0)); {
	case name == "x-xss-protection" && value != "0":
		d.Message = diag.T("X-XSS-Protection %q switches on a filter that browsers have removed", value)
		d.Why = diag.T("where it still works, it can be led to cut harmless scripts out of a page")
		d.Help = diag.T("remove it, or write 0; Content-Security-Policy is what replaced it")
	case name == "x-frame-options" && strings.HasPrefix(strings.ToLower(value), "allow-from"):
		d.Message = diag.T("no browser reads ALLOW-FROM of X-Frame-Options")
		d.Why = diag.T("the whole header is ignored: every site may show the page in a frame")
		d.Help = diag.T("write `add_header Content-Security-Policy \"frame-ancestors ...\" always;`")
	case strings.HasPrefix(name, "public-key-pins"):
		d.Message = diag.T("%s is no longer read", n.Arg(0))
		d.Why = diag.T("browsers removed key pinning, which locked sites out of their own domains")
		d.Help = diag.T("remove it")
	default:
		return
	}
	p.Report(d)
}

// checkServerHeaders finds the places of a server that serve files without the
// headers; one finding for a server.
func checkServerHeaders(p *lint.Pass, c *site.Config, s *site.Server) {
	var missing []string
	var related []diag.Related
	var edits []diag.Edit
	done := map[string]bool{} // place and header
	check := func(scope *site.Scope, page bool) {
		if !whole(c) && len(headers(scope)) == 0 {
			return // http, which may have them, is not here
		}
		for _, h := range []struct{ name, line string }{
			{"X-Content-Type-Options", "add_header X-Content-Type-Options nosniff always;"},
			{"X-Frame-Options", "add_header X-Frame-Options SAMEORIGIN always;"},
		} {
			if header(scope, h.name) != nil || h.name == "X-Frame-Options" && (!page || framed(scope)) {
				continue
			}
			at := addHeader(scope)
			key := h.name + "\x00" + string(rune(at.Name.Span().Start)) + at.File.Name
			if done[key] {
				continue
			}
			done[key] = true
			if !done[h.name] {
				missing = append(missing, h.name)
				done[h.name] = true
			}
			if len(related) < 3 && scope != s.Scope {
				related = append(related, diag.Related{Location: scope.Opener.HeadLocation(), Message: diag.T("without %s", h.name)})
			}
			if at.Block != nil {
				edits = append(edits, at.Top(h.line))
			} else {
				edits = append(edits, at.After(h.line))
			}
		}
	}
	for l := range s.All() {
		if _, _, ok := folder(l); ok && l.Kind != site.Named && !strings.HasPrefix(l.Pattern, "/.well-known/") && servesFiles(l.Scope) {
			check(l.Scope, showsPages(l))
		}
	}
	if len(s.Effective("root")) > 0 && servesFiles(s.Scope) && s.Finder().Find("/x").Location == nil {
		check(s.Scope, true)
	}
	if len(missing) == 0 {
		return
	}
	p.Report(diag.Diagnostic{
		Location: s.Opener.Location(0),
		Message:  diag.T("this server sends files without %s", diag.And(missing)),
		Why:      diag.T("without nosniff a browser may run an uploaded text or picture as a script; without X-Frame-Options (or frame-ancestors) other sites can show the page under theirs and catch clicks"),
		Help:     diag.T("write `add_header X-Content-Type-Options nosniff always;` and, for pages, `add_header X-Frame-Options SAMEORIGIN always;` where the files are served; an add_header in a location drops those of the server"),
		Related:  related,
		Fix:      &diag.Fix{Message: diag.T("add the headers"), Edits: edits},
	})
}

// framed tells whether a policy says who may show the page in a frame.
func framed(s *site.Scope) bool {
	for _, n := range headers(s) {
		if strings.EqualFold(n.Arg(0), "Content-Security-Policy") && (strings.Contains(n.Arg(1), "frame-ancestors") || strings.Contains(n.Arg(1), "sandbox") || strings.Contains(n.Arg(1), "$")) {
			return true
		}
	}
	return false
}

// showsPages tells whether a location serves pages, not only what pages load.
func showsPages(l *site.Location) bool {
	if l.Pattern == "/" && l.Kind != site.Regex && l.Kind != site.RegexNoCase || len(l.Here("index")) > 0 {
		return true
	}
	for _, n := range l.Here("try_files") {
		for _, a := range n.Args {
			if strings.HasSuffix(a.Value, ".html") {
				return true
			}
		}
	}
	return false
}

// packageRoots are the folders whose page of welcome the packages of nginx bring.
var packageRoots = map[string]bool{"/var/www/html": true, "/usr/share/nginx/html": true}

// placeholder tells whether a server is the one that a package of nginx brings:
// no name, and the folder with the page of welcome.
func placeholder(s *site.Server) bool {
	for _, n := range s.Names {
		if n.Value != "" && n.Value != "_" && n.Value != "localhost" {
			return false
		}
	}
	return packageRoots[strings.TrimRight(word(s.Scope, "root"), "/")]
}
