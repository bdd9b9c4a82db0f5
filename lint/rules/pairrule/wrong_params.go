package pairrule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// WrongParams finds the parameters of another protocol beside a uwsgi_pass.
var WrongParams = &lint.Rule{
	ID:       "pair-wrong-params",
	Severity: diag.Error,
	Summary:  "the parameters of another protocol stand where requests go through uwsgi_pass",
	Fixable:  true,
	Page:     page("pair-wrong-params"),
	Check:    checkWrongParams,
}

func checkWrongParams(p *lint.Pass) {
	for _, via := range p.Passes {
		if plain(via.Protocol) != pair.UWSGI {
			continue
		}
		for _, include := range wrongIncludes(via.Node.Scope) {
			reportWrongInclude(p, via, include)
		}
		for _, n := range via.Node.Scope.Nodes {
			if n.File != via.Node.File {
				continue // it came with an include, which is reported
			}
			switch n.Name.Value {
			case "fastcgi_param", "scgi_param", "proxy_set_header", "grpc_set_header":
				reportWrongParam(p, via, n)
			}
		}
	}
}

// wrongIncludes returns the includes that are written in a block and bring the
// parameters of another protocol.
func wrongIncludes(s *site.Scope) []*nginx.Directive {
	var found []*nginx.Directive
	written, _ := includes(s)
	for _, d := range written {
		switch includeKind(d.Arg(0)) {
		case "fastcgi_params", "scgi_params", "proxy_params":
			found = append(found, d)
		}
	}
	return found
}

func reportWrongInclude(p *lint.Pass, via *pair.Pass, include *nginx.Directive) {
	arg := include.Arg(0)
	file := via.Node.Scope.Opener.File.File
	d := diag.Diagnostic{
		Location: diag.Location{File: file, Span: include.Head()},
		Message:  diag.T("%s is for requests of another protocol than uwsgi_pass speaks", path.Base(arg)),
		Why:      diag.T("uwsgi_pass sends uwsgi_param lines and the client's headers: nothing of this file arrives"),
		Help:     diag.T("remove it"),
		Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("the requests go on here")}},
	}
	if paramsAt(via.Node.Scope).complete() || includeKind(arg) == "proxy_params" {
		d.Severity = diag.Warning
		p.Report(d)
		return
	}
	right := "uwsgi_params"
	if dir, _ := path.Split(arg); dir != "" {
		right = dir + right
	}
	d.Why = diag.T("uwsgi_pass sends uwsgi_param lines alone: the application gets neither method nor path, and answers 500 with KeyError: 'REQUEST_METHOD'")
	d.Help = diag.T("write `include %s;`", right)
	d.Fix = &diag.Fix{Message: diag.T("include uwsgi_params"), Edits: []diag.Edit{{File: file, Span: include.Args[0].Span(), New: right}}}
	p.Report(d)
}

func reportWrongParam(p *lint.Pass, via *pair.Pass, n *site.Node) {
	name, list := n.Arg(0), paramsAt(via.Node.Scope)
	if strings.HasSuffix(n.Name.Value, "_set_header") {
		name = "HTTP_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	}
	d := diag.Diagnostic{
		Severity: diag.Warning,
		Location: n.HeadLocation(),
		Message:  diag.T("%s does nothing beside uwsgi_pass", n.Name.Value),
		Why:      diag.T("uwsgi_pass sends uwsgi_param lines and the client's own headers: %s never arrives", n.Arg(0)),
		Help:     diag.T("write `uwsgi_param %s %s;`", name, n.Arg(1)),
		Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("the requests go on here")}},
	}
	if !list.complete() && strings.HasSuffix(n.Name.Value, "_param") && !list.open {
		d.Severity = diag.Error
	}
	switch {
	case name == "HTTP_CONNECTION", name == "HTTP_UPGRADE", site.First(list.nodes, name) != nil:
		d.Help = diag.T("remove it")
	case len(n.Args) < 2:
	case list.scope == n.Scope, d.Severity == diag.Error && list.scope == nil:
		// Otherwise the new line would hide the inherited ones.
		d.Fix = &diag.Fix{
			Message: diag.T("write uwsgi_param"),
			Edits:   []diag.Edit{{File: n.File.File, Span: diag.Span{Start: n.Name.Span().Start, End: n.Args[0].Span().End}, New: "uwsgi_param " + name}},
		}
	}
	p.Report(d)
}
