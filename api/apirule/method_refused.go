package apirule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/project"
)

var methodRefused = rule{lint.Rule{
	ID: "api-method-refused", Severity: diag.Error, Fixable: true, Page: page("api-method-refused"),
	Summary: "limit_except refuses a method that the OpenAPI contract has",
}, checkMethodRefused}

func checkMethodRefused(p *lint.Pass, v *view) {
	for _, g := range v.groups(api.MethodRefused) {
		d := diag.Diagnostic{
			Location: g.place(), Related: g.declared(),
			Message: diag.T("limit_except refuses %s, which the contract has", g.operations()),
			Why:     diag.T("nginx answers 403 and logs \"access forbidden by rule\""),
		}
		add := ""
		for _, c := range g.all {
			if slices.Contains(project.Methods, c.Method) && !slices.Contains(strings.Fields(add), c.Method) {
				add += " " + c.Method
			}
		}
		if n := g.Decides; add != "" && len(n.Args) > 0 {
			d.Help = diag.T("add%s to limit_except", add)
			end := n.Args[len(n.Args)-1].Span().End
			d.Fix = &diag.Fix{Message: d.Help, Edits: []diag.Edit{{File: n.File.File, Span: diag.Span{Start: end, End: end}, New: add}}}
		}
		p.Report(d)
	}
}
