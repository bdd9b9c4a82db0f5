package pairrule

import (
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

// otherParams maps what describes a request to other protocols.
var otherParams = map[string]string{"fastcgi_param": "fastcgi_params", "scgi_param": "scgi_params"}

// wrongParams returns a fastcgi_param or scgi_param that stands beside, or
// around, a uwsgi_pass that has no parameters of its own.
func wrongParams(s *site.Scope) *site.Node {
	for name := range otherParams {
		if nodes := s.Here(name); len(nodes) > 0 {
			return nodes[0]
		}
	}
	return nil
}

func checkWrongParams(p *lint.Pass) {
	for _, via := range p.Passes {
		if via.Protocol != pair.UWSGI && via.Protocol != pair.SUWSGI {
			continue
		}
		scope := via.Node.Scope
		for _, include := range includes(scope) {
			meant := include.Arg(0)
			for _, other := range []string{"fastcgi_params", "scgi_params", "fastcgi.conf"} {
				if meant != other && meant != "/etc/nginx/"+other {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: diag.Location{File: via.Node.File.File, Span: include.Head()},
					Message:  diag.T("%s describes requests to another protocol than uwsgi_pass speaks", other),
					Why:      diag.T("uwsgi_pass sends uwsgi_param lines alone: the application gets neither method nor path, and answers 500 with KeyError: 'REQUEST_METHOD'"),
					Help:     diag.T("write `include uwsgi_params;`"),
					Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("the requests go on here")}},
					Fix: &diag.Fix{
						Message: diag.T("include uwsgi_params"),
						Edits:   []diag.Edit{{File: via.Node.File.File, Span: include.Args[0].Span, New: "uwsgi_params"}},
					},
				})
			}
		}
		for _, n := range scope.Nodes {
			if n.File != via.Node.File {
				continue // it came with an include, which is reported
			}
			if _, ok := otherParams[n.Name.Value]; !ok && n.Name.Value != "proxy_set_header" {
				continue
			}
			p.Report(diag.Diagnostic{
				Severity: diag.Warning,
				Location: n.HeadLocation(),
				Message:  diag.T("%s does nothing beside uwsgi_pass", n.Name.Value),
				Why:      diag.T("uwsgi_pass sends uwsgi_param lines and the client's own headers: this one never arrives"),
				Help:     diag.T("write a uwsgi_param, such as `uwsgi_param HTTP_X_FORWARDED_PROTO $scheme;`"),
				Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("the requests go on here")}},
			})
		}
	}
}

// includes returns the include directives that are written in a block.
func includes(s *site.Scope) []*nginx.Directive {
	if s.Opener == nil {
		return nil
	}
	var found []*nginx.Directive
	for d := range nginx.Directives(s.Opener.Block.Nodes) {
		if d.Name.Value == "include" && len(d.Args) == 1 {
			found = append(found, d)
		}
	}
	return found
}
