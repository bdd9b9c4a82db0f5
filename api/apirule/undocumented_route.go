package apirule

import (
	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

var undocumentedRoute = rule{lint.Rule{
	ID: "api-undocumented-route", Severity: diag.Info, Page: page("api-undocumented-route"),
	Summary: "a location hands paths to the application that the OpenAPI contract does not know",
}, checkUndocumented}

func checkUndocumented(p *lint.Pass, v *view) {
	for _, l := range v.undocumented {
		p.Report(diag.Diagnostic{
			Location: l.Opener.HeadLocation(),
			Message:  diag.T("%s of %s hands requests on, and no operation of the contract lies there", api.Title(l), api.ServerName(l.Server)),
			Help:     diag.T("describe what it serves, or close it when nobody needs it"),
		})
	}
}
