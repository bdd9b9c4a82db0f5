package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// NoHarakiri finds applications whose requests nothing ends.
var NoHarakiri = &lint.Rule{
	ID:       "uwsgi-no-harakiri",
	Severity: diag.Warning,
	Summary:  "a stuck request holds a worker for ever",
	Page:     page("uwsgi-no-harakiri"),
	Check:    checkNoHarakiri,
}

func checkNoHarakiri(p *lint.Pass) {
	applications(p, func(a *application) {
		app := loader(a.Config)
		if app == nil || !a.lacks("harakiri") || isAsync(a.Config) || isReached(p, a) {
			return
		}
		p.Report(diag.Diagnostic{
			Location: headerLocation(a.Config),
			Message:  diag.T("harakiri is not set: a request that is stuck holds its worker for ever"),
			Why:      diag.T("when every worker is stuck, requests wait in the backlog, and nginx answers 504 upstream timed out (110: Connection timed out), later 502"),
			Help:     diag.T("write `harakiri = 55`, a little less than nginx waits (60 seconds by default)"),
		})
	})
}

// isReached tells whether nginx passes requests to an application: then
// pair-timeout-order compares how long the two wait.
func isReached(p *lint.Pass, a *application) bool {
	for _, b := range p.BindsOf(a.Config) {
		if len(b.Passes) > 0 {
			return true
		}
	}
	return false
}
