package apirule

import (
	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

var unroutedOperation = rule{lint.Rule{
	ID: "api-unrouted-operation", Severity: diag.Error, Page: page("api-unrouted-operation"),
	Summary: "nginx does not hand an operation of the OpenAPI contract on",
}, checkUnrouted}

func checkUnrouted(p *lint.Pass, v *view) {
	for _, g := range v.groups(api.NoServer, api.Refused, api.Redirected) {
		d := diag.Diagnostic{Location: g.At}
		switch g.Outcome {
		case api.NoServer:
			d.Severity = diag.Warning // another machine may stand in front
			d.Message = diag.T("no server of nginx listens on %s, where the contract has %s", g.Base.Host, g.operations())
			d.Help = diag.T("add the server, or correct servers: in the contract")
		case api.Redirected:
			d.Severity = diag.Warning
			d.Message = diag.T("nginx answers %s with a redirect: %s", g.operations(), g.Why)
			d.Why = diag.T("after 301 and 302 most clients repeat a POST as GET, without its body")
			d.Help = diag.T("write into servers: of the contract where the requests end up, or hand them on here")
		default:
			d.Message = diag.T("nginx refuses %s: %s", g.operations(), g.Why)
			d.Help = diag.T("hand the path on to the application, or take the operation out of the contract")
		}
		if g.Server != nil {
			d.Related = append(d.Related, diag.Related{Location: g.place(), Message: diag.T("this answers")})
		}
		p.Report(d)
	}
}
