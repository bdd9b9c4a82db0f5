package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// DuplicateLocation reports a location that stands twice beside itself.
var DuplicateLocation = &lint.Rule{
	ID:       "nginx-duplicate-location",
	Severity: diag.Error,
	Summary:  "the same location stands twice in a server",
	Page:     page("nginx-duplicate-location"),
	Check:    checkDuplicateLocation,
}

func checkDuplicateLocation(p *lint.Pass) {
	for _, c := range p.Nginx {
		type place struct {
			scope   *site.Scope
			exact   bool
			pattern string
		}
		first := map[place]*site.Location{}
		for _, s := range c.Servers {
			walkLocations(s.Locations, func(l *site.Location) {
				if l.Opener == nil || l.Kind == site.Regex || l.Kind == site.RegexNoCase || l.Kind == site.Named {
					return // the first expression wins, and so does one of two named ones
				}
				at := place{l.Parent, l.Kind == site.Exact, l.Pattern}
				if earlier := first[at]; earlier != nil {
					p.Report(diag.Diagnostic{
						Location: l.Opener.HeadLocation(),
						Message:  diag.T("the location %q stands twice", l.Pattern),
						Why:      diag.T("nginx does not start: duplicate location %q", l.Pattern),
						Help:     diag.T("move what both hold into one of them"),
						Related:  []diag.Related{{Location: earlier.Opener.HeadLocation(), Message: diag.T("the first one")}},
					})
					return
				}
				first[at] = l
			})
		}
	}
}

// walkLocations calls f for each location and those nested in it.
func walkLocations(all []*site.Location, f func(*site.Location)) {
	for _, l := range all {
		f(l)
		walkLocations(l.Locations, f)
	}
}
