package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// NoNeedApp finds applications whose failure does not stop the start.
var NoNeedApp = &lint.Rule{
	ID:       "uwsgi-no-need-app",
	Severity: diag.Warning,
	Summary:  "uWSGI starts without the application when that does not load, and answers 500",
	Fixable:  true,
	Page:     page("uwsgi-no-need-app"),
	Check:    checkNoNeedApp,
}

func checkNoNeedApp(p *lint.Pass) {
	applications(p, func(a *application) {
		app := loader(a.Config)
		if app == nil || app.Info.Name == "mount" {
			return // uWSGI ends where a mount does not load, need-app or not
		}
		d := a.absent("need-app",
			diag.T("need-app is off: uWSGI starts even when %s = %s does not load", app.Key, app.Value),
			diag.T("need-app is not set: uWSGI starts even when %s = %s does not load", app.Key, app.Value))
		if d == nil {
			return
		}
		d.Why = diag.T("every request then ends with 500, and the log says --- no python application found, check your startup logs for errors ---")
		p.Report(*d)
	})
}
