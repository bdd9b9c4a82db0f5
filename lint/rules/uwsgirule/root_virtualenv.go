package uwsgirule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// RootVirtualenv finds applications that lie in root's home.
var RootVirtualenv = &lint.Rule{
	ID:       "uwsgi-root-virtualenv",
	Severity: diag.Warning,
	Summary:  "a virtualenv or project below /root, where only root can read",
	Page:     page("uwsgi-root-virtualenv"),
	Check:    checkRootVirtualenv,
}

func checkRootVirtualenv(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		for _, name := range [...]string{"home", "chdir"} {
			o := c.Get(name)
			if o == nil || !isKnown(o) || !belowRoot(o.Value) {
				continue
			}
			what := diag.T("the virtualenv")
			if name == "chdir" {
				what = diag.T("the project")
			}
			d := diag.Diagnostic{
				Location: o.ValueLocation(),
				Message:  diag.T("%s lies below /root, where only root can read", what),
				Why:      diag.T("workers have to run as root to reach it, so that a flaw in the application is a flaw in the whole machine"),
				Help:     diag.T("move it to a folder that the workers' account can read, such as /srv/NAME or /opt/NAME"),
			}
			if uid := c.Get("uid"); uid != nil && uid.Value != "root" {
				d.Severity = diag.Error
				d.Message = diag.T("%s lies below /root, which %s cannot read", what, uid.Value)
				d.Why = diag.T("uWSGI ends: chdir(): Permission denied")
				if name == "home" {
					d.Why = diag.T("Python does not start: ModuleNotFoundError: No module named 'encodings'")
				}
				d.Related = []diag.Related{{Location: uid.ValueLocation(), Message: diag.T("the workers' account")}}
			}
			p.Report(d)
		}
	}
}

func belowRoot(name string) bool {
	clean := path.Clean(name)
	return clean == "/root" || strings.HasPrefix(clean, "/root/")
}
