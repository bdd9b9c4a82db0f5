package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// DaemonizeSupervised finds applications that leave what watches them.
var DaemonizeSupervised = &lint.Rule{
	ID:       "uwsgi-daemonize-supervised",
	Severity: diag.Error,
	Summary:  "uWSGI goes to the background under something that watches it",
	Fixable:  true,
	Page:     page("uwsgi-daemonize-supervised"),
	Check:    checkDaemonizeSupervised,
}

func checkDaemonizeSupervised(p *lint.Pass) {
	applications(p, func(a *application) {
		for _, name := range [...]string{"daemonize", "daemonize2"} {
			o := a.Get(name)
			if o == nil || o.Maybe || isTruth(o.Value) {
				continue // uwsgi-bad-value speaks of a truth
			}
			d := diag.Diagnostic{Location: o.KeyLocation(), Fix: remove(o)}
			switch {
			case a.unit != nil && !strings.EqualFold(a.unitValue("Type"), "forking"):
				d.Message = diag.T("%s puts uWSGI into the background, and the systemd unit does not expect that", o.Key)
				d.Why = diag.T("the process that systemd started ends at once, and systemd ends the rest of the service with it, or never hears READY=1")
				d.Help = diag.T("without it uWSGI logs to the journal; write logto = %s to keep the file", o.Value)
			case a.unit == nil && a.init == "supervisor":
				d.Message = diag.T("%s puts uWSGI into the background, where supervisor loses it", o.Key)
				d.Why = diag.T("supervisor sees the program end at once, starts it again and again, and gives up with FATAL; the first one keeps the socket")
				d.Help = diag.T("without it uWSGI logs to supervisor; write logto = %s to keep the file", o.Value)
			case a.unit == nil && a.init == "container":
				d.Message = diag.T("%s puts uWSGI into the background, and the container ends with its first process", o.Key)
				d.Why = diag.T("the container stops at once with exit code 0")
				d.Help = diag.T("without it uWSGI logs to the container's output")
			default:
				continue
			}
			p.Report(d)
		}
	})
}
