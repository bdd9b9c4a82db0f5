package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// checkForeignCaptures finds named captures that only an expression of another
// location, or another server, sets: the name is known everywhere, so nginx
// starts, and its value is empty.
func checkForeignCaptures(p *lint.Pass, c *site.Config) {
	for n := range c.All() {
		if n.Row == nil || n.Name.Value == "map" || n.Scope.Enclosing(directive.Server) == nil {
			continue
		}
		for i := range n.Args {
			text := n.Args[i].Value
			if strings.IndexByte(text, '$') < 0 || template(text) || !value.Evaluated(n.Row, n.Args, i) {
				continue
			}
			for _, name := range site.Variables(text) {
				defined := c.Variables[name]
				if site.Builtin(name) || len(defined) == 0 || len(defined) > maxDefinitions || n.Name.Value == "if" && isRegex(n, i) {
					continue
				}
				if other := onlyElsewhere(n, defined); other != nil {
					p.Report(diag.Diagnostic{
						Location: n.Location(i + 1),
						Message:  diag.T("$%s is empty here: it is a capture of another location", name),
						Why:      diag.T("a capture is set only where its expression matched in this request"),
						Help:     diag.T("capture it in this location's own expression"),
						Related:  []diag.Related{{Location: other.HeadLocation(), Message: diag.T("it is captured here")}},
					})
				}
			}
		}
	}
}

// maxDefinitions bounds the definitions of one variable that are looked at for
// each place that reads it.
const maxDefinitions = 64

// onlyElsewhere returns a definition of a variable when all of them are
// captures that cannot have been made on the way to n.
func onlyElsewhere(n *site.Node, defined []*site.Node) *site.Node {
	location := n.Scope.Enclosing(directive.Location)
	if location == nil || location.Opener == nil || len(n.Scope.Effective("internal")) > 0 {
		return nil
	}
	server := n.Scope.Enclosing(directive.Server)
	if kind := location.Opener.Arg(0); len(kind) > 0 && kind[0] == '@' {
		return nil // reached from another location, with its captures
	}
	for _, d := range defined {
		switch d.Name.Value {
		case "location":
			if d.Body == nil || within(n.Scope, d.Body) {
				return nil
			}
			// A rewrite, try_files or error_page of it may lead here.
			if d.Scope.Enclosing(directive.Server) == server && leadsOn(d.Body) {
				return nil
			}
		default:
			return nil
		}
	}
	return defined[0]
}

// leadsOn tells whether a request may go from a location to another one.
func leadsOn(s *site.Scope) bool {
	for _, name := range []string{"rewrite", "try_files", "if", "index", "mirror", "auth_request", "include"} {
		if len(s.Here(name)) > 0 {
			return true
		}
	}
	return len(s.Effective("error_page")) > 0 || len(s.Here("location")) > 0
}
