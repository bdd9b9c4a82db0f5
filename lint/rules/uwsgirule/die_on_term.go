package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// DieOnTerm finds applications that reload when they are told to stop.
var DieOnTerm = &lint.Rule{
	ID:       "uwsgi-die-on-term",
	Severity: diag.Warning,
	Summary:  "the signal that should stop uWSGI reloads it",
	Fixable:  true,
	Page:     page("uwsgi-die-on-term"),
	Check:    checkDieOnTerm,
}

func checkDieOnTerm(p *lint.Pass) {
	applications(p, func(a *application) {
		if !a.isOn("master") || hooksSignal(a.Config, "15") {
			return
		}
		switch {
		case a.unit != nil:
			underUnit(p, a)
		case a.init == "supervisor":
			reloads(p, a, diag.T("supervisor sends SIGTERM, waits for stopwaitsecs (10 seconds) and kills uWSGI with SIGKILL: requests are cut off, and files stay behind"))
		case a.init == "container":
			reloads(p, a, diag.T("a container is stopped with SIGTERM, and killed with SIGKILL after 10 seconds: every stop takes that long, and cuts requests off"))
		}
	})
}

// underUnit compares the signal that a unit stops with and what uWSGI does then.
func underUnit(p *lint.Pass, a *application) {
	if len(a.unit.All("Service", "ExecStop")) > 0 {
		return
	}
	switch strings.TrimPrefix(a.unitValue("KillSignal"), "SIG") {
	case "", "TERM", "15":
		reloads(p, a, diag.T("systemd sends SIGTERM, waits for TimeoutStopSec (90 seconds) and kills uWSGI with SIGKILL: requests are cut off, and files stay behind"))
	case "QUIT", "3":
		o := a.Get("die-on-term")
		if o == nil || !isKnown(o) || !uwsgi.IsTrue(o.Value) {
			return
		}
		p.Report(diag.Diagnostic{
			Location: o.KeyLocation(),
			Message:  diag.T("the unit stops uWSGI with SIGQUIT, which reloads it under die-on-term"),
			Why:      diag.T("die-on-term swaps SIGTERM and SIGQUIT: systemd waits for TimeoutStopSec (90 seconds) and kills uWSGI with SIGKILL"),
			Help:     diag.T("write KillSignal=SIGTERM in the unit, or delete die-on-term"),
		})
	}
}

// reloads reports that SIGTERM reloads uWSGI.
func reloads(p *lint.Pass, a *application, why diag.Text) {
	d := a.absent("die-on-term",
		diag.T("die-on-term is off: SIGTERM reloads uWSGI instead of stopping it"),
		diag.T("die-on-term is not set: SIGTERM reloads uWSGI instead of stopping it"))
	if d == nil {
		return
	}
	d.Why = why
	p.Report(*d)
}

// hooksSignal tells whether a hook of the master takes a signal over.
func hooksSignal(c *uwsgi.Config, number string) bool {
	for _, name := range [...]string{"hook-master-start", "hook-post-app"} {
		for _, o := range c.All(name) {
			if strings.HasPrefix(o.Value, "unix_signal:"+number+" ") || !isKnown(o) {
				return true
			}
		}
	}
	return false
}
