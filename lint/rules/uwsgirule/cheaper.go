package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// Cheaper finds numbers of workers with which cheaper does not work.
var Cheaper = &lint.Rule{
	ID:       "uwsgi-cheaper",
	Severity: diag.Error,
	Summary:  "cheaper with a number of workers that does not work",
	Page:     page("uwsgi-cheaper"),
	Check:    checkCheaper,
}

func checkCheaper(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		if inherited(c) || isUnfinished(c) {
			continue
		}
		a := &application{Config: c}
		o := c.Get("cheaper")
		cheaper, ok := a.number("cheaper")
		processes, known := a.number("processes")
		if o == nil || !ok || cheaper <= 0 {
			continue
		}
		d := diag.Diagnostic{Location: o.ValueLocation()}
		set := c.Get("processes")
		if set == nil {
			processes = 1
		} else {
			d.Related = []diag.Related{{Location: set.ValueLocation(), Message: diag.T("the most workers there are")}}
		}
		if known && cheaper >= processes {
			d.Message = diag.T("cheaper = %d is not below processes = %d", cheaper, processes)
			if set == nil {
				d.Message = diag.T("cheaper = %d is not below the number of processes, which is 1 where processes is not set", cheaper)
			}
			d.Why = diag.T("uWSGI ends with exit code 1: invalid cheaper value: must be lower than processes")
			p.Report(d)
			continue
		}
		if master := c.Get("master"); master != nil && isKnown(master) && !uwsgi.IsTrue(master.Value) {
			p.Report(diag.Diagnostic{
				Location: o.KeyLocation(),
				Message:  diag.T("cheaper needs the master process, which is switched off"),
				Why:      diag.T("uWSGI starts all its processes at once, and never ends one"),
				Related:  []diag.Related{{Location: master.ValueLocation(), Message: diag.T("master is switched off here")}},
			})
		}
		initialWorkers(p, a, cheaper, processes, known)
	}
}

// initialWorkers reports a number of workers to start with that uWSGI replaces.
func initialWorkers(p *lint.Pass, a *application, cheaper, processes int, known bool) {
	o := a.Get("cheaper-initial")
	initial, ok := a.number("cheaper-initial")
	if o == nil || !ok || initial <= 0 {
		return
	}
	d := diag.Diagnostic{Location: o.ValueLocation()}
	switch {
	case known && initial > processes:
		d.Message = diag.T("cheaper-initial = %d is above processes = %d", initial, processes)
		d.Why = diag.T("uWSGI starts %d workers and logs warning: invalid cheaper-initial value", processes)
	case initial < cheaper:
		d.Message = diag.T("cheaper-initial = %d is below cheaper = %d", initial, cheaper)
		d.Why = diag.T("uWSGI starts %d workers and logs warning: invalid cheaper-initial value", cheaper)
		d.Severity = diag.Warning
	default:
		return
	}
	p.Report(d)
}
