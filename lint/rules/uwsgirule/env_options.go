package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// EnvOptions finds variables called UWSGI_..., which uWSGI reads as options.
var EnvOptions = &lint.Rule{
	ID:       "uwsgi-env-options",
	Severity: diag.Warning,
	Summary:  "an environment variable that uWSGI takes for an option",
	Page:     page("uwsgi-env-options"),
	Check:    checkEnvOptions,
}

// The variables of that form that are no options (core/uwsgi.c, parse_sys_envs).
var notOptions = map[string]bool{
	"UWSGI_RELOADS": true, "UWSGI_VASSALS_DIR": true, "UWSGI_EMPEROR_FD": true, "UWSGI_BROODLORD_NUM": true,
	"UWSGI_EMPEROR_FD_CONFIG": true, "UWSGI_EMPEROR_PROXY": true, "UWSGI_JAIL_PID": true, "UWSGI_ORIGINAL_PROC_NAME": true,
}

func checkEnvOptions(p *lint.Pass) {
	applications(p, func(a *application) {
		for _, o := range a.All("env") {
			name, value, _ := strings.Cut(o.Value, "=")
			if option := optionOf(name); option != "" && !o.Maybe {
				fromFile(p, a, o, option, value)
			}
		}
		if a.unit == nil {
			return
		}
		for _, e := range a.unit.Entries {
			if e.Section != "Service" || e.Key != "Environment" {
				continue
			}
			for _, word := range strings.Fields(e.Value) {
				name, _, _ := strings.Cut(strings.Trim(word, `"'`), "=")
				if option := optionOf(name); option != "" {
					fromUnit(p, a, diag.Location{File: a.unit.File, Span: e.Span}, name, option)
				}
			}
		}
	})
}

// optionOf returns the option that uWSGI takes a variable for, or "".
func optionOf(variable string) string {
	name, ok := strings.CutPrefix(variable, "UWSGI_")
	if !ok || name == "" || notOptions[variable] || isTemplate(variable) {
		return ""
	}
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}

// fromFile reports a variable that the file itself sets: a reload runs uWSGI
// anew, with this environment.
func fromFile(p *lint.Pass, a *application, o *uwsgi.Option, name, value string) {
	d := diag.Diagnostic{Location: o.ValueLocation()}
	switch {
	case len(option.Lookup(name)) > 0:
		d.Message = diag.T("from the first reload on, this variable is the option %s", name)
		d.Why = diag.T("uWSGI reads UWSGI_NAME of its environment as the option name, and a reload runs it anew with what env has set")
		d.Help = diag.T("write %s = %s for the option, or give the variable another name", name, value)
	case a.Bool("strict"):
		d.Message = diag.T("from the first reload on, uWSGI takes this variable for an option called %s", name)
		d.Why = diag.T("the reload ends uWSGI with exit code 1: [strict-mode] unknown config directive: %s", name)
		d.Help = diag.T("give the variable a name that does not start with UWSGI_")
	default:
		return
	}
	p.Report(d)
}

// fromUnit reports a variable of the unit that comes to nothing, or to a
// refusal.
func fromUnit(p *lint.Pass, a *application, at diag.Location, variable, name string) {
	d := diag.Diagnostic{Location: at}
	set := a.Get(name)
	rows := option.Lookup(name)
	switch {
	case len(rows) > 0 && set != nil && rows[0].Repeat == option.LastWins:
		d.Message = diag.T("%s is the option %s to uWSGI, and the file's own wins over it", variable, name)
		d.Related = []diag.Related{{Location: set.KeyLocation(), Message: diag.T("%s is set here", set.Key)}}
	case len(rows) == 0 && a.Bool("strict"):
		d.Message = diag.T("uWSGI takes %s for an option called %s", variable, name)
		d.Why = diag.T("under strict uWSGI ends with exit code 1: [strict-mode] unknown config directive: %s", name)
		d.Help = diag.T("give the variable a name that does not start with UWSGI_")
	default:
		return
	}
	p.Report(d)
}
