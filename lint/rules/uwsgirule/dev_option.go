package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// DevOption finds options that are for the developer's own machine.
var DevOption = &lint.Rule{
	ID:       "uwsgi-dev-option",
	Severity: diag.Warning,
	Summary:  "an option for development on a server",
	Fixable:  true,
	Page:     page("uwsgi-dev-option"),
	Check:    checkDevOption,
}

func checkDevOption(p *lint.Pass) {
	unfinished := make(map[*uwsgi.Config]bool, len(p.Uwsgi))
	for _, c := range p.Uwsgi {
		unfinished[c] = isUnfinished(c)
	}
	written(p, func(c *uwsgi.Config, o *uwsgi.Option) {
		row := known(o)
		if row == nil || !isKnown(o) || o.Maybe || unfinished[c] {
			return
		}
		d := diag.Diagnostic{Location: o.KeyLocation(), Fix: remove(o)}
		switch row.Name {
		case "py-autoreload", "py-auto-reload", "python-autoreload", "python-auto-reload":
			if n, _ := uwsgi.Number(o.Value); n <= 0 {
				return
			}
			d.Message = diag.T("%s is for development: every %s seconds uWSGI looks at all files of the application", o.Key, o.Value)
			d.Why = diag.T("a deployment that writes several files reloads uWSGI in the middle of it; requests wait or end with 502")
			d.Help = diag.T("reload when the deployment is done: touch-reload, or systemctl reload")
		case "honour-stdin":
			if !uwsgi.IsTrue(o.Value) {
				return
			}
			d.Message = diag.T("%s is for debuggers: workers keep the terminal as their standard input", o.Key)
			d.Why = diag.T("a breakpoint that was forgotten stops its worker for ever")
		case "catch-exceptions":
			if !uwsgi.IsTrue(o.Value) {
				return
			}
			d.Message = diag.T("%s shows the application's tracebacks to whoever provokes them", o.Key)
			d.Why = diag.T("paths, code and values go out with the answer")
		case "http", "http-router":
			if !besideNginx(p, c, o) {
				return
			}
			d.Message = diag.T("%s = %s lets clients past nginx, which passes requests to another socket of this file", o.Key, o.Value)
			d.Why = diag.T("what nginx checks, limits and hides does not hold there, and its headers can be forged")
		default:
			return
		}
		p.Report(d)
	})
}

// besideNginx tells whether an option opens an HTTP port to the network while
// nginx reaches another listener of the same file.
func besideNginx(p *lint.Pass, c *uwsgi.Config, o *uwsgi.Option) bool {
	if p.Target.Init == "container" {
		return false
	}
	host, _, ok := hostPort(o.Value)
	if !ok || isLoopback(host) {
		return false
	}
	behind := false
	for _, b := range p.BindsOf(c) {
		if b.Option == o && len(b.Passes) > 0 {
			return false
		}
		behind = behind || len(b.Passes) > 0
	}
	return behind
}
