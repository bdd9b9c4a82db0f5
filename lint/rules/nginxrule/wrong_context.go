package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// WrongContext reports directives in blocks where they are not allowed.
var WrongContext = &lint.Rule{
	ID:       "nginx-wrong-context",
	Severity: diag.Error,
	Summary:  "a directive stands where it is not allowed",
	Page:     page("nginx-wrong-context"),
	Check:    checkWrongContext,
}

func checkWrongContext(p *lint.Pass) {
	for _, c := range p.Nginx {
		checkNestedLocations(p, c)
		for n := range c.All() {
			if n.Row != nil || n.Scope.Context == directive.Entries {
				continue
			}
			if n.Scope == c.Root && c.Root.Context != directive.Main {
				continue // where a fragment is included is only inferred
			}
			if id := directive.Find(n.Name.Value); id != directive.None {
				reportContext(p, n, id)
			}
		}
	}
}

func reportContext(p *lint.Pass, n *site.Node, id directive.ID) {
	var allowed directive.Context
	for _, r := range id.Rows() {
		allowed |= r.Contexts
	}
	d := diag.Diagnostic{
		Location: n.Location(0),
		Message:  diag.T("%q is not allowed in %s", n.Name.Value, n.Scope.Context),
		Why:      diag.T("nginx does not start: %q directive is not allowed here", n.Name.Value),
		Help:     diag.T("it may stand in %s", allowed),
	}
	if o := n.Scope.Opener; o != nil {
		d.Related = []diag.Related{{Location: o.HeadLocation(), Message: diag.T("the block it stands in")}}
	}
	p.Report(d)
}
