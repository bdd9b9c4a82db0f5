package securityrule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// HeaderContentType reports a second Content-Type.
var HeaderContentType = &lint.Rule{
	ID:       "nginx-header-content-type",
	Severity: diag.Warning,
	Summary:  "add_header Content-Type sends a second Content-Type",
	Fixable:  true,
	Page:     page("nginx-header-content-type"),
	Check:    checkHeaderContentType,
}

func checkHeaderContentType(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("add_header") {
			if n.Row == nil || !strings.EqualFold(n.Arg(0), "Content-Type") || hidesType(n.Scope) {
				continue
			}
			d := diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("add_header Content-Type adds a second Content-Type to the answer"),
				Why:      diag.T("nginx sets one itself, and clients take either: text may be downloaded, or run as a page"),
				Help:     diag.T("write `default_type %s;`, or types { ... } where names of files decide", n.Arg(1)),
			}
			if saysType(n.Scope, n.Arg(1)) {
				d.Fix = fix(diag.T("write default_type"), diag.Edit{File: n.File.File, Span: n.Head(), New: "default_type " + n.File.Src[n.Args[1].Span().Start:n.Args[1].Span().End]})
			}
			p.Report(d)
		}
	}
}

// hidesType tells whether the type that the server behind sends is left out.
func hidesType(s *site.Scope) bool {
	for _, name := range []string{"proxy_hide_header", "uwsgi_hide_header", "fastcgi_hide_header", "scgi_hide_header", "grpc_hide_header", "more_clear_headers"} {
		for _, n := range s.Effective(name) {
			if strings.EqualFold(n.Arg(0), "Content-Type") {
				return true
			}
		}
	}
	return false
}

// saysType tells whether default_type decides about the answer of a location:
// it answers with return, and its path has no ending that types knows.
func saysType(s *site.Scope, value string) bool {
	if s.Opener == nil || s.Opener.Name.Value != "location" || len(s.Here("return")) == 0 || len(s.Here("default_type")) > 0 || strings.Contains(value, "$") {
		return false
	}
	if count := len(s.Here("add_header")); count > 1 {
		same := 0
		for _, n := range s.Here("add_header") {
			if strings.EqualFold(n.Arg(0), "Content-Type") {
				same++
			}
		}
		if same > 1 {
			return false
		}
	}
	args := s.Opener.Args
	return len(args) > 0 && !strings.HasPrefix(args[0].Value, "~") && path.Ext(args[len(args)-1].Value) == ""
}
