package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// UserGroup reports a user whose group of the same name does not exist.
var UserGroup = &lint.Rule{
	ID:       "nginx-user-group",
	Severity: diag.Warning,
	Summary:  "the user has no group of the same name",
	Fixable:  true,
	Page:     page("nginx-user-group"),
	Check:    checkUserGroup,
}

// groups are accounts whose group has another name on Debian and Ubuntu (the
// package base-passwd).
var groups = map[string]string{"nobody": "nogroup", "sync": "nogroup", "_apt": "nogroup"}

func checkUserGroup(p *lint.Pass) {
	if p.Target.OS == "rhel" {
		return // there is a group called nobody
	}
	for _, c := range p.Nginx {
		for _, n := range c.Find("user") {
			if p.Machine != nil && n.Row != nil && reportNoAccount(p, n) {
				continue
			}
			group, ok := groups[n.Arg(0)]
			if !ok || len(n.Args) != 1 || n.Row == nil {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.Location(1),
				Message:  diag.T("user %s takes the group %s too, which Debian and Ubuntu do not have", n.Arg(0), n.Arg(0)),
				Why:      diag.T("nginx does not start: getgrnam(%q) failed", n.Arg(0)),
				Help:     diag.T("write `user %s %s;`, or the account of nginx's package: www-data", n.Arg(0), group),
				Fix: &diag.Fix{
					Message: diag.T("name the group %s", group),
					Edits:   []diag.Edit{{File: n.File.File, Span: diag.Span{Start: n.Args[0].Span().End, End: n.Args[0].Span().End}, New: " " + group}},
				},
			})
		}
	}
}

// reportNoAccount tells whether this machine lacks the account or the group,
// and reports it.
func reportNoAccount(p *lint.Pass, n *site.Node) bool {
	if len(n.Args) == 0 || template(n.Arg(0)) || template(n.Arg(1)) {
		return false
	}
	if _, ok := p.Machine.Account(n.Arg(0)); !ok {
		p.Report(diag.Diagnostic{
			Location: n.Location(1), Severity: diag.Error,
			Message: diag.T("this machine has no account %q", n.Arg(0)),
			Why:     diag.T("nginx does not start: getpwnam(%q) failed", n.Arg(0)),
		})
		return true
	}
	if len(n.Args) < 2 {
		return false
	}
	if _, ok := p.Machine.Group(n.Arg(1)); !ok {
		p.Report(diag.Diagnostic{
			Location: n.Location(2), Severity: diag.Error,
			Message: diag.T("this machine has no group %q", n.Arg(1)),
			Why:     diag.T("nginx does not start: getgrnam(%q) failed", n.Arg(1)),
		})
		return true
	}
	return false
}
