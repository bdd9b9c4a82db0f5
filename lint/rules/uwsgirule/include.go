package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// Include finds files that cannot be included.
var Include = &lint.Rule{
	ID:       "uwsgi-include",
	Severity: diag.Error,
	Summary:  "an included file that is missing, or includes itself",
	Page:     page("uwsgi-include"),
	Check:    checkInclude,
}

func checkInclude(p *lint.Pass) {
	problems(p, func(_ *uwsgi.Config, found *uwsgi.Problem) {
		d := diag.Diagnostic{
			Location: diag.Location{File: found.File.File, Span: found.Span},
			Message:  found.Message,
		}
		if found.Kind == uwsgi.MissingInclude {
			d.Why = diag.T("uWSGI ends with exit code 1 before it serves anything")
			d.Help = diag.T("write an absolute path, or %dFILE for a file beside this one")
		} else {
			d.Help = diag.T("put what both need in a file of its own")
		}
		p.Report(d)
	}, uwsgi.MissingInclude, uwsgi.IncludeCycle)
}
