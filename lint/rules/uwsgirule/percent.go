package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// Percent finds percent signs that uWSGI takes for the start of a variable.
var Percent = &lint.Rule{
	ID:       "uwsgi-percent",
	Severity: diag.Error,
	Summary:  "a percent sign that uWSGI takes for one of its variables, and deletes or replaces",
	Fixable:  true,
	Page:     page("uwsgi-percent"),
	Check:    checkPercent,
}

// maxInValue bounds how many findings one value can lead to.
const maxInValue = 100

func checkPercent(p *lint.Pass) {
	problems(p, func(_ *uwsgi.Config, found *uwsgi.Problem) {
		report(p, found.File, found.Span, found.Message)
	}, uwsgi.StrayPercent)
	written(p, func(_ *uwsgi.Config, o *uwsgi.Option) {
		raw := o.File.Text(o.Entry.ValueSpan())
		if !strings.Contains(raw, "%") {
			return
		}
		date := isDate(o)
		url := strings.Contains(raw, "://")
		for at, n := 0, 0; at+1 < len(raw) && n < maxInValue; at++ {
			if raw[at] != '%' {
				continue
			}
			pair := raw[at : at+2]
			span := diag.Span{Start: o.Entry.ValueSpan().Start + at, End: o.Entry.ValueSpan().Start + at + 2}
			at++
			if !isVariable(pair[1]) {
				continue
			}
			n++
			switch {
			case date:
				report(p, o.File, span, diag.T("%s never sees %q: uWSGI puts a variable of its own in its place", o.Key, pair))
			case url && isHex(pair[1]) && at+1 < len(raw) && isHex(raw[at+1]):
				report(p, o.File, span, diag.T("uWSGI reads %q of the URL as a variable of its own", pair))
			}
		}
	})
}

func report(p *lint.Pass, f *uwsgi.File, at diag.Span, message diag.Text) {
	p.Report(diag.Diagnostic{
		Location: diag.Location{File: f.File, Span: at},
		Message:  message,
		Why:      diag.T("uWSGI replaces % and the character after it in the whole file, comments included, before it reads a line"),
		Help:     diag.T("write %% for a percent sign"),
		Fix: &diag.Fix{
			Message: diag.T("write %%"),
			Edits:   []diag.Edit{{File: f.File, Span: diag.Span{Start: at.Start, End: at.Start + 1}, New: "%%"}},
		},
	})
}

// isDate tells whether an option's value is a format of strftime.
func isDate(o *uwsgi.Option) bool {
	switch o.Key {
	case "log-date", "logdate", "log-prefix":
		return true
	}
	return false
}

// isVariable tells whether % and a character is a variable of uWSGI.
func isVariable(c byte) bool {
	return c >= '0' && c <= '9' || strings.IndexByte("bcdeghijknopstuvxCDEGNOPSTUVX[", c) >= 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
