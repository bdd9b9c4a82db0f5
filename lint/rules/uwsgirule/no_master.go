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
	for _, c := range p.Uwsgi {
		if !serves(c) || c.Bool("master") || len(c.Main.Errors) > 0 {
			continue
		}
		d := diag.Diagnostic{
			Why: diag.T("a worker that dies stays dead and nginx answers 502; a signal or touch-reload ends the server instead of reloading it"),
		}
		if c.Get("harakiri") != nil {
			d.Why = diag.T("a worker that harakiri ends is gone for good, and nginx answers 502; a signal or touch-reload ends the server instead of reloading it")
		}
		if o := c.Get("master"); o != nil {
			if !isKnown(o) {
				continue
			}
			d.Location = o.ValueLocation()
			d.Message = diag.T("the master process is switched off")
			d.Fix = setValue(o, "true")
		} else {
			if inherited(c) {
				continue
			}
			d.Location = headerLocation(c)
			d.Message = diag.T("there is no master process: master is not set")
			d.Fix = addOption(c, "master", "true")
		}
		p.Report(d)
	}
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
