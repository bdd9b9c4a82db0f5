package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// ListenHTTP2 reports the http2 parameter of listen where nginx has the
// directive http2.
var ListenHTTP2 = &lint.Rule{
	ID:       "nginx-listen-http2",
	Severity: diag.Warning,
	Summary:  "the http2 parameter of listen, which the directive http2 replaced",
	Fixable:  true,
	Page:     page("nginx-listen-http2"),
	Check:    checkListenHTTP2,
}

func checkListenHTTP2(p *lint.Pass) {
	if !p.Target.NginxAtLeast("1.25.1") {
		return
	}
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			if s.Context != directive.Server {
				continue
			}
			for _, n := range s.Here("listen") {
				if i := parameter(n, "http2"); i > 0 {
					p.Report(diag.Diagnostic{
						Location: n.Location(i + 1),
						Message:  diag.T("the http2 parameter of listen is deprecated"),
						Why:      diag.T("nginx 1.25.1 and newer start with the warning: the \"listen ... http2\" directive is deprecated, use the \"http2\" directive instead"),
						Help:     diag.T("write `http2 on;` in the server"),
						Fix:      http2Directive(s),
					})
				}
			}
		}
	}
}

// parameter returns the index of an argument after the first; 0 when it is not there.
func parameter(n *site.Node, value string) int {
	for i, a := range n.Args {
		if i > 0 && a.Value == value {
			return i
		}
	}
	return 0
}

// http2Directive replaces the parameters of a server's listeners at once.
func http2Directive(s *site.Server) *diag.Fix {
	fix := &diag.Fix{Message: diag.T("write `http2 on;`")}
	listens := s.Here("listen")
	for _, n := range listens {
		if i := parameter(n, "http2"); i > 0 {
			fix.Edits = append(fix.Edits, diag.Edit{File: n.File.File, Span: diag.Span{Start: n.Args[i-1].Span().End, End: n.Args[i].Span().End}})
		}
	}
	if inForce(s.Scope, "http2", "off") != "on" {
		if len(s.Here("http2")) > 0 {
			return nil // it says off
		}
		fix.Edits = append(fix.Edits, listens[len(listens)-1].After("http2 on;"))
	}
	return fix
}
