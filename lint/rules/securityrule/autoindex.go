package securityrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// Autoindex reports folders whose content is listed.
var Autoindex = &lint.Rule{
	ID:       "nginx-autoindex",
	Severity: diag.Warning,
	Summary:  "the content of folders is listed to everybody",
	Page:     page("nginx-autoindex"),
	Check:    checkAutoindex,
}

func checkAutoindex(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("autoindex") {
			if n.Arg(0) != "on" || n.Row == nil || restricted(n.Scope) || hands(n.Scope) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("autoindex on lists every file of a folder that has no index"),
				Why:      diag.T("backups, uploads and files that nothing links to are found by everybody who asks for the folder"),
				Help:     diag.T("remove it, or allow it to those who need it with allow and deny or auth_basic"),
			})
		}
	}
}
