package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// GracefulStop finds applications whose stop cuts requests off.
var GracefulStop = &lint.Rule{
	ID:       "uwsgi-graceful-stop",
	Severity: diag.Info,
	Summary:  "a stop cuts off the requests that are running",
	Fixable:  true,
	Page:     page("uwsgi-graceful-stop"),
	Check:    checkGracefulStop,
}

func checkGracefulStop(p *lint.Pass) {
	applications(p, func(a *application) {
		if !a.isOn("master") || hooksSignal(a.Config, "15") || isDebians(a.Config) {
			return
		}
		die := a.Get("die-on-term")
		if die == nil && a.init == "" || die != nil && (!isKnown(die) || !uwsgi.IsTrue(die.Value)) {
			return
		}
		if a.unit != nil {
			switch strings.TrimPrefix(a.unitValue("KillSignal"), "SIG") {
			case "", "TERM", "15":
			default:
				return
			}
			if len(a.unit.All("Service", "ExecStop")) > 0 {
				return
			}
		}
		d := diag.Diagnostic{
			Location: headerLocation(a.Config),
			Message:  diag.T("SIGTERM cuts off the requests that are running"),
			Why:      diag.T("uWSGI kills its workers at once, die-on-term or not: each of their requests ends with 502, upstream prematurely closed connection"),
			Help:     diag.T("with the hook, SIGTERM lets them finish, for up to worker-reload-mercy seconds (60)"),
			Fix:      addOption(a.Config, "hook-master-start", "unix_signal:15 gracefully_kill_them_all"),
		}
		if die != nil {
			d.Location = die.KeyLocation()
		}
		p.Report(d)
	})
}
