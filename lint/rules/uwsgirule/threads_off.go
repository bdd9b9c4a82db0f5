package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// ThreadsOff finds applications whose own threads stand still.
var ThreadsOff = &lint.Rule{
	ID:       "uwsgi-threads-off",
	Severity: diag.Warning,
	Summary:  "threads of the application do not run",
	Fixable:  true,
	Page:     page("uwsgi-threads-off"),
	Check:    checkThreadsOff,
}

// threadsAlwaysOn is the release from which Python threads always run.
const threadsAlwaysOn = "2.0.27"

func checkThreadsOff(p *lint.Pass) {
	if p.Target.Uwsgi != "" && !older(p.Target.Uwsgi, threadsAlwaysOn) {
		return
	}
	applications(p, func(a *application) {
		threads, ok := a.number("threads")
		if !ok || threads > 1 {
			return // more than one switches them on
		}
		reason := startsThreads(a.Config)
		if reason == nil {
			return
		}
		d := a.absent("enable-threads",
			diag.T("enable-threads is off: threads that the application starts do not run"),
			diag.T("enable-threads is not set: threads that the application starts do not run"))
		if d == nil {
			return
		}
		d.Why = diag.T("before uWSGI 2.0.27 they get the interpreter only while a request is served: reports, metrics and jobs are late or never sent")
		d.Related = []diag.Related{{Location: reason.ValueLocation(), Message: diag.T("this is for an application that has threads")}}
		p.Report(*d)
	})
}

// startsThreads returns an option that shows that the application has threads
// of its own, or nil: settings of the agents and schedulers that start one.
func startsThreads(c *uwsgi.Config) *uwsgi.Option {
	for _, o := range c.Options {
		switch o.Key {
		case "threads":
			if o.Value == "1" {
				return o
			}
		case "py-call-osafterfork", "py-call-uwsgi-fork-hooks":
			if uwsgi.IsTrue(o.Value) {
				return o
			}
		case "env":
			for _, prefix := range [...]string{"SENTRY_", "NEW_RELIC_", "OTEL_", "DD_", "ELASTIC_APM_", "APSCHEDULER_", "PROMETHEUS_MULTIPROC_"} {
				if strings.HasPrefix(o.Value, prefix) {
					return o
				}
			}
		case "module", "wsgi", "wsgi-file", "import", "shared-import":
			for _, agent := range [...]string{"newrelic", "ddtrace", "opentelemetry", "sentry"} {
				if strings.Contains(o.Value, agent) {
					return o
				}
			}
		}
	}
	return nil
}
