package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// NoMaster finds applications that run without a master process.
var NoMaster = &lint.Rule{
	ID:       "uwsgi-no-master",
	Severity: diag.Warning,
	Summary:  "no master process: no reload, no harakiri, no respawn",
	Fixable:  true,
	Page:     page("uwsgi-no-master"),
	Check:    checkNoMaster,
}

func checkNoMaster(p *lint.Pass) {
	applications(p, func(a *application) {
		d := a.absent("master",
			diag.T("the master process is switched off"),
			diag.T("there is no master process: master is not set"))
		if d == nil {
			return
		}
		d.Why = diag.T("a worker that dies stays dead and nginx answers 502; a signal or touch-reload ends the server instead of reloading it")
		if a.Get("harakiri") != nil {
			d.Why = diag.T("a worker that harakiri ends is gone for good, and nginx answers 502; a signal or touch-reload ends the server instead of reloading it")
		}
		p.Report(*d)
	})
}

// inherited tells whether a part of the configuration is not known here, so
// that an option which is not seen may be set all the same.
func inherited(c *uwsgi.Config) bool {
	for i := range c.Problems {
		switch c.Problems[i].Kind {
		case uwsgi.MissingInclude, uwsgi.Unsupported, uwsgi.ImmediatePlaceholder, uwsgi.TooLarge:
			return true
		}
	}
	return false
}
