package liverule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// Account reports accounts and groups of uwsgi.ini that this machine does not have.
var Account = &lint.Rule{
	ID:       "live-account",
	Severity: diag.Error,
	Summary:  "an account or a group of uwsgi.ini is not on this machine",
	Page:     page("live-account"),
	Check:    checkAccount,
}

func checkAccount(p *lint.Pass) {
	if p.Machine == nil {
		return
	}
	for _, c := range p.Uwsgi {
		if o := known(c, "uid"); o != nil {
			lacksAccount(p, o, o.Value)
		}
		if o := known(c, "gid"); o != nil {
			lacksGroup(p, o, o.Value)
		}
		if o := known(c, "chown-socket"); o != nil {
			user, group, ok := strings.Cut(o.Value, ":")
			lacksAccount(p, o, user)
			if ok {
				lacksGroup(p, o, group)
			}
		}
	}
}

// isNumber tells whether a text is a number, which uWSGI takes without asking
// whether it belongs to anybody.
func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func lacksAccount(p *lint.Pass, o *uwsgi.Option, name string) {
	if name == "" || isNumber(name) {
		return
	}
	if _, ok := p.Machine.Account(name); !ok {
		p.Report(diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("this machine has no account %q", name),
			Why:      diag.T("uWSGI ends with exit code 1: user %s not found.", name),
			Help:     diag.T("create it with `adduser --system --group %s`, or name another", name),
		})
	}
}

func lacksGroup(p *lint.Pass, o *uwsgi.Option, name string) {
	if name == "" || isNumber(name) {
		return
	}
	if _, ok := p.Machine.Group(name); !ok {
		p.Report(diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("this machine has no group %q", name),
			Why:      diag.T("uWSGI ends with exit code 1: group %s not found.", name),
			Help:     diag.T("create it with `addgroup --system %s`, or name another", name),
		})
	}
}
