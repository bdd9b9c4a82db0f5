package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// MaxFD finds applications in containers that take the limit of open files as it comes.
var MaxFD = &lint.Rule{
	ID:       "uwsgi-max-fd",
	Severity: diag.Warning,
	Summary:  "uWSGI reserves memory for every file that a container may open",
	Fixable:  true,
	Page:     page("uwsgi-max-fd"),
	Check:    checkMaxFD,
}

func checkMaxFD(p *lint.Pass) {
	applications(p, func(a *application) {
		if a.init != "container" || !a.lacks("max-fd") {
			return
		}
		p.Report(diag.Diagnostic{
			Location: headerLocation(a.Config),
			Message:  diag.T("max-fd is not set: uWSGI makes room for as many open files as the container allows"),
			Why:      diag.T("container engines often allow 1073741816 files, for which uWSGI takes 8 GiB of memory; the kernel kills it, with exit code 137"),
			Fix:      addOption(a.Config, "max-fd", "65536"),
		})
	})
}
