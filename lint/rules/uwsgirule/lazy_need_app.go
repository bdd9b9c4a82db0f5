package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// LazyNeedApp finds applications whose failure looks like a normal end.
var LazyNeedApp = &lint.Rule{
	ID:       "uwsgi-lazy-need-app",
	Severity: diag.Warning,
	Summary:  "need-app with lazy-apps ends with exit code 0 when the application does not load",
	Page:     page("uwsgi-lazy-need-app"),
	Check:    checkLazyNeedApp,
}

// lazyExitMended is the release from which need-app ends with 22 under
// lazy-apps, too.
const lazyExitMended = "2.0.26"

func checkLazyNeedApp(p *lint.Pass) {
	applications(p, func(a *application) {
		need, lazy := a.Get("need-app"), a.Get("lazy-apps")
		if need == nil || lazy == nil || !isKnown(need) || !isKnown(lazy) || !uwsgi.IsTrue(need.Value) || !uwsgi.IsTrue(lazy.Value) || !a.isOn("master") {
			return
		}
		said := p.Target.Uwsgi != ""
		if said && !older(p.Target.Uwsgi, lazyExitMended) {
			return
		}
		d := diag.Diagnostic{
			Location: lazy.KeyLocation(),
			Message:  diag.T("with lazy-apps, need-app ends uWSGI with exit code 0 when the application does not load"),
			Related:  []diag.Related{{Location: need.KeyLocation(), Message: diag.T("need-app is set here")}},
		}
		switch {
		case a.unit != nil:
			restart := a.unitValue("Restart")
			if restart == "always" || restart == "on-success" {
				return
			}
			d.Why = diag.T("uWSGI before 2.0.26 does so; systemd takes it for a normal end, and does not start it again")
			d.Help = diag.T("write Restart=always in the unit, or load the application in the master, without lazy-apps")
		case a.init == "supervisor":
			d.Why = diag.T("uWSGI before 2.0.26 does so; supervisor takes it for a normal end, and does not start it again")
			d.Help = diag.T("write autorestart=true in the program's section, or load the application in the master, without lazy-apps")
		case said && a.init != "container":
			d.Why = diag.T("what watches uWSGI takes it for a normal end, and does not start it again")
			d.Help = diag.T("have it started again whatever the exit code, or load the application in the master, without lazy-apps")
		default:
			return
		}
		p.Report(d)
	})
}
