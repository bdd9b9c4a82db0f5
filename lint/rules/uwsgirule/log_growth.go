package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// LogGrowth finds log files without an end.
var LogGrowth = &lint.Rule{
	ID:       "uwsgi-log-growth",
	Severity: diag.Info,
	Summary:  "a log file that nothing here keeps from growing",
	Page:     page("uwsgi-log-growth"),
	Check:    checkLogGrowth,
}

func checkLogGrowth(p *lint.Pass) {
	applications(p, func(a *application) {
		for _, name := range [...]string{"log-maxsize", "touch-logrotate", "touch-logreopen", "log-reopen", "log-backupname", "disable-logging"} {
			if !a.lacks(name) {
				return
			}
		}
		for _, name := range [...]string{"logto", "logto2", "daemonize", "daemonize2"} {
			o := a.Get(name)
			if o == nil || o.Maybe || isTruth(o.Value) || !isFile(o.Value) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: o.ValueLocation(),
				Message:  diag.T("the log %s grows without end, unless logrotate cuts it", o.Value),
				Why:      diag.T("uWSGI logs every request; a full disk stops the whole machine"),
				Help:     diag.T("write `log-maxsize = 104857600` (bytes; uWSGI then renames the file), or `touch-logreopen = FILE` for logrotate, or `disable-logging = true`"),
			})
			return
		}
	})
}

// isFile tells whether a log's target is a file of its own: no device, no
// address, and none of the places that a distribution's logrotate cares for.
func isFile(target string) bool {
	return !strings.HasPrefix(target, "/dev/") && !strings.HasPrefix(target, "/proc/") && !strings.HasPrefix(target, "/var/log/uwsgi/") &&
		!(strings.Contains(target, ":") && !strings.Contains(target, "/"))
}
