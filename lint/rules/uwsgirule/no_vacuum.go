package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// NoVacuum finds applications whose files stay when they end.
var NoVacuum = &lint.Rule{
	ID:       "uwsgi-no-vacuum",
	Severity: diag.Info,
	Summary:  "sockets and pid files stay behind when uWSGI ends",
	Fixable:  true,
	Page:     page("uwsgi-no-vacuum"),
	Check:    checkNoVacuum,
}

func checkNoVacuum(p *lint.Pass) {
	applications(p, func(a *application) {
		if !a.lacks("vacuum") {
			return
		}
		for _, b := range p.BindsOf(a.Config) {
			if b.Network != pair.Unix || !b.ForNginx {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: headerLocation(a.Config),
				Message:  diag.T("the socket %q stays behind when uWSGI ends: vacuum is not set", b.Option.Value),
				Why:      diag.T("nginx then logs (111: Connection refused) for a file that is there, as if uWSGI were running"),
				Related:  []diag.Related{{Location: b.Option.ValueLocation(), Message: diag.T("the socket")}},
				Fix:      addOption(a.Config, "vacuum", "true"),
			})
			return
		}
		// uWSGI never deletes a pidfile that root wrote before uid counted
		// (core/uwsgi.c, vacuum).
		for _, name := range [...]string{"pidfile2", "safe-pidfile2", "pidfile", "safe-pidfile"} {
			o := a.Get(name)
			if o == nil || !isKnown(o) || o.Value == "" || !strings.HasSuffix(name, "2") && !a.lacks("uid") {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: headerLocation(a.Config),
				Message:  diag.T("%s = %s stays behind when uWSGI ends: vacuum is not set", o.Key, o.Value),
				Why:      diag.T("uwsgi --stop and scripts then signal whatever process has that number by now"),
				Related:  []diag.Related{{Location: o.ValueLocation(), Message: diag.T("the pid file")}},
				Fix:      addOption(a.Config, "vacuum", "true"),
			})
			return
		}
	})
}
