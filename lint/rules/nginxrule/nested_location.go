package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// checkNestedLocations finds locations inside others that can never lead to
// them, which nginx refuses (ngx_http_core_location).
func checkNestedLocations(p *lint.Pass, c *site.Config) {
	for _, s := range c.Servers {
		walkLocations(s.Locations, func(l *site.Location) {
			outer := l.Outer
			if outer == nil || outer.Opener == nil || l.Opener == nil || template(l.Pattern) || template(outer.Pattern) {
				return
			}
			d := diag.Diagnostic{Location: l.Opener.HeadLocation(), Related: []diag.Related{{Location: outer.Opener.HeadLocation(), Message: diag.T("the block it stands in")}}}
			switch {
			case outer.Kind == site.Exact || outer.Kind == site.Named:
				kind := "exact"
				d.Message = diag.T("no location may stand in the exact location %q", outer.Pattern)
				if outer.Kind == site.Named {
					kind = "named"
					d.Message = diag.T("no location may stand in the named location %q", outer.Pattern)
				}
				d.Why = diag.T("nginx does not start: location %q cannot be inside the %s location %q", l.Pattern, kind, outer.Pattern)
			case l.Kind == site.Named:
				d.Message = diag.T("the named location %q may stand in a server alone", l.Pattern)
				d.Why = diag.T("nginx does not start: named location %q can be on the server level only", l.Pattern)
			case l.Kind == site.Regex || l.Kind == site.RegexNoCase || strings.HasPrefix(l.Pattern, outer.Pattern):
				return
			default:
				d.Message = diag.T("no request for %q comes to %q, in which it stands", l.Pattern, outer.Pattern)
				d.Why = diag.T("nginx does not start: location %q is outside location %q", l.Pattern, outer.Pattern)
			}
			d.Help = diag.T("move it out of the location it stands in")
			p.Report(d)
		})
	}
}
