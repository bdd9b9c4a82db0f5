package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// ErrorLogOff reports error logs that go where nobody meant.
var ErrorLogOff = &lint.Rule{
	ID:       "nginx-error-log-off",
	Severity: diag.Warning,
	Summary:  "error_log off writes a file called off; a repeated error_log writes every line several times",
	Fixable:  true,
	Page:     page("nginx-error-log-off"),
	Check:    checkErrorLogOff,
}

func checkErrorLogOff(p *lint.Pass) {
	for _, c := range p.Nginx {
		type log struct {
			scope *site.Scope
			file  string
		}
		first := map[log]*site.Node{}
		for _, n := range c.Find("error_log") {
			if n.Arg(0) == "off" {
				p.Report(diag.Diagnostic{
					Location: n.HeadLocation(),
					Message:  diag.T("error_log off writes a file called off"),
					Why:      diag.T("the error log cannot be switched off; the file grows in nginx's folder"),
					Help:     diag.T("write `error_log /dev/null crit;`"),
					Fix: &diag.Fix{
						Message: diag.T("send it to /dev/null"),
						Edits:   []diag.Edit{{File: n.File.File, Span: n.Head(), New: "error_log /dev/null crit"}},
					},
				})
			}
			at := log{n.Scope, n.Arg(0)}
			earlier := first[at]
			if earlier == nil {
				first[at] = n
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("error_log %s stands at this level already", n.Arg(0)),
				Why:      diag.T("a message is written to every error_log of its level or below: %s holds such lines twice", n.Arg(0)),
				Help:     diag.T("keep the one with the level that you want"),
				Related:  []diag.Related{{Location: earlier.HeadLocation(), Message: diag.T("the first one")}},
				Fix: &diag.Fix{
					Message: diag.T("remove the repetition"),
					Edits:   []diag.Edit{{File: n.File.File, Span: n.Line()}},
				},
			})
		}
	}
}
