package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// IgnoredSection finds options that uWSGI does not read, and split sections.
var IgnoredSection = &lint.Rule{
	ID:       "uwsgi-ignored-section",
	Severity: diag.Warning,
	Summary:  "options in a section that nothing reads, or a section in two pieces",
	Page:     page("uwsgi-ignored-section"),
	Check:    checkIgnoredSection,
}

func checkIgnoredSection(p *lint.Pass) {
	problems(p, func(_ *uwsgi.Config, found *uwsgi.Problem) {
		p.Report(diag.Diagnostic{
			Location: diag.Location{File: found.File.File, Span: found.Span},
			Message:  found.Message,
		})
	}, uwsgi.IgnoredSection)
}
