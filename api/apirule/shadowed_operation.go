package apirule

import (
	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

var shadowedOperation = rule{lint.Rule{
	ID: "api-shadowed-operation", Severity: diag.Error, Page: page("api-shadowed-operation"),
	Summary: "files or the front end's page answer an operation of the OpenAPI contract",
}, checkShadowed}

func checkShadowed(p *lint.Pass, v *view) {
	for _, g := range v.groups(api.Fallback, api.Files) {
		d := diag.Diagnostic{
			Location: g.place(), Related: g.declared(),
			Message: diag.T("%s never gets to the application: %s", g.operations(), g.Why),
			Help:    diag.T("add a location for the path that hands it on, such as location %s", prefix(g.Covered)),
		}
		switch {
		case g.Outcome == api.Fallback:
			d.Why = diag.T("a GET is answered 200 with HTML where JSON is expected, and a POST 405")
		case g.Decides != nil && g.Decides.Name.Value == "return":
			d.Severity = diag.Warning // somebody meant it, such as a health check
		default:
			d.Why = diag.T("the client gets 404, and the application never hears of it")
		}
		p.Report(d)
	}
}

// prefix returns the location that an operation's server in the contract asks
// for: its base path, or the first segment of the path.
func prefix(c *api.Covered) string {
	if base := c.Base.Path; len(base) > 1 {
		return trailing(base)
	}
	for i := 1; i < len(c.URL.Path); i++ {
		if c.URL.Path[i] == '/' {
			return c.URL.Path[:i+1]
		}
	}
	return "= " + c.URL.Path
}

func trailing(path string) string {
	if path[len(path)-1] == '/' {
		return path
	}
	return path + "/"
}
