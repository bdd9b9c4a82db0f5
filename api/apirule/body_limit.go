package apirule

import (
	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

var bodyLimit = rule{lint.Rule{
	ID: "api-body-limit", Severity: diag.Warning, Page: page("api-body-limit"),
	Summary: "nginx refuses request bodies that the OpenAPI contract lets through",
}, checkBodyLimit}

func checkBodyLimit(p *lint.Pass, v *view) {
	for _, g := range v.groups(api.TooLarge) {
		largest := g.Covered
		for _, c := range g.all {
			if c.Body > largest.Body {
				largest = c
			}
		}
		d := diag.Diagnostic{
			Location: g.place(), Related: g.declared(),
			Message: diag.T("the body limit is too small for %s: %s", g.operations(), largest.Why),
			Why:     diag.T("nginx logs \"client intended to send too large body\""),
			Help:    diag.T("set client_max_body_size to what the application takes, and limit-post of uWSGI with it"),
		}
		if largest.Body > 0 {
			d.Help = diag.T("client_max_body_size %dm", largest.Body>>20+1)
		}
		p.Report(d)
	}
}
