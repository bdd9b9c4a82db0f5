package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// FlagValue finds flags whose value is neither true nor false.
var FlagValue = &lint.Rule{
	ID:       "uwsgi-flag-value",
	Severity: diag.Warning,
	Summary:  "a flag whose value is neither true nor false: uWSGI takes it for true",
	Fixable:  true,
	Page:     page("uwsgi-flag-value"),
	Check:    checkFlagValue,
}

func checkFlagValue(p *lint.Pass) {
	written(p, func(c *uwsgi.Config, o *uwsgi.Option) {
		if row := known(o); row == nil || row.Kind != option.Bool || !isKnown(o) || isTruth(o.Value) {
			return
		}
		if _, comment := inlineComment(o); comment {
			return // uwsgi-inline-comment speaks of it
		}
		meant := pathOption(o.Value)
		if meant != "" && len(c.All(o.Key)) > 1 {
			return // uwsgi-duplicate-key speaks of it
		}
		d := diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("%s is a flag, and %q is neither true nor false: uWSGI takes it for true", o.Key, o.Value),
			Why:      diag.T("only false, off, no and 0 are false to uWSGI"),
		}
		switch {
		case meant != "":
			d.Help = diag.T("a path that ends like this belongs to %s", meant)
		case meansFalse(o.Value):
			d.Severity = diag.Error
			d.Help = diag.T("write %s = false to switch it off", o.Key)
			if d.Fix = setValue(o, "false"); d.Fix != nil {
				d.Fix.Unsafe = true
			}
		default:
			d.Fix = setValue(o, "true")
		}
		p.Report(d)
	})
}

// isTruth tells whether a flag's value says what uWSGI reads.
func isTruth(value string) bool {
	switch strings.ToLower(value) {
	case "", "true", "yes", "on", "1", "false", "no", "off", "0":
		return true
	}
	return false
}

// meansFalse tells whether a value says no to a reader, though not to uWSGI.
func meansFalse(value string) bool {
	switch strings.ToLower(strings.Trim(value, `"'`)) {
	case "false", "off", "no", "0", "n", "f", "none", "null", "nil", "never", "disable", "disabled", "00", "-1", "not":
		return true
	}
	return false
}
