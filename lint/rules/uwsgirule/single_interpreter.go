package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// SingleInterpreter finds single applications in interpreters of their own.
var SingleInterpreter = &lint.Rule{
	ID:       "uwsgi-single-interpreter",
	Severity: diag.Info,
	Summary:  "one application runs in a sub-interpreter",
	Fixable:  true,
	Page:     page("uwsgi-single-interpreter"),
	Check:    checkSingleInterpreter,
}

func checkSingleInterpreter(p *lint.Pass) {
	applications(p, func(a *application) {
		app := loader(a.Config)
		if app == nil || !a.lacks("single-interpreter") || len(a.All("mount")) > 1 || a.Get("vhost") != nil || a.Get("fs-mount") != nil {
			return
		}
		p.Report(diag.Diagnostic{
			Location: headerLocation(a.Config),
			Message:  diag.T("single-interpreter is not set, and there is one application"),
			Why:      diag.T("uWSGI keeps a place for more (it logs *** uWSGI is running in multiple interpreter mode ***), which extension modules in C do not expect: some fail to import or hang"),
			Fix:      addOption(a.Config, "single-interpreter", "true"),
		})
	})
}
