package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// UndefinedPlaceholder finds placeholders that nothing sets.
var UndefinedPlaceholder = &lint.Rule{
	ID:       "uwsgi-undefined-placeholder",
	Severity: diag.Warning,
	Summary:  "a placeholder that nothing sets, and that stays in the value as it is",
	Page:     page("uwsgi-undefined-placeholder"),
	Check:    checkUndefinedPlaceholder,
}

func checkUndefinedPlaceholder(p *lint.Pass) {
	problems(p, func(_ *uwsgi.Config, found *uwsgi.Problem) {
		p.Report(diag.Diagnostic{
			Location: diag.Location{File: found.File.File, Span: found.Span},
			Message:  found.Message,
			Why:      diag.T("uWSGI does not complain: it looks for a file or an address of that very name"),
		})
	}, uwsgi.UndefinedPlaceholder)
}
