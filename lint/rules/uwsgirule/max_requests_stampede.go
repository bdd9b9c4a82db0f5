package uwsgirule

import (
	"strconv"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// MaxRequestsStampede finds workers that end together.
var MaxRequestsStampede = &lint.Rule{
	ID:       "uwsgi-max-requests-stampede",
	Severity: diag.Info,
	Summary:  "all workers end at about the same time",
	Fixable:  true,
	Page:     page("uwsgi-max-requests-stampede"),
	Check:    checkMaxRequestsStampede,
}

// deltaSince is the release that brought max-requests-delta.
const deltaSince = "2.0.29"

func checkMaxRequestsStampede(p *lint.Pass) {
	if p.Target.Uwsgi == "" || older(p.Target.Uwsgi, deltaSince) {
		return
	}
	applications(p, func(a *application) {
		o := a.Get("max-requests")
		n, ok := a.number("max-requests")
		processes, known := a.number("processes")
		if o == nil || !ok || n <= 0 || !known || processes < 2 || !a.lacks("max-requests-delta") {
			return
		}
		d := diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("%d workers end after %d requests each, and so at about the same time", processes, n),
			Why:      diag.T("while all of them load the application, requests wait in the backlog"),
		}
		if editable(o) {
			end := o.File.LineSpan(o.File.Pos(o.Entry.KeySpan().Start).Line).End
			delta := max(1, n/10)
			d.Fix = &diag.Fix{
				Message: diag.T("add %s = %s", "max-requests-delta", strconv.Itoa(delta)),
				Edits:   []diag.Edit{{File: o.File.File, Span: diag.Span{Start: end, End: end}, New: o.File.LineEnding() + "max-requests-delta = " + strconv.Itoa(delta)}},
			}
		}
		p.Report(d)
	})
}
