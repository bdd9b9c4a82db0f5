package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// Version reports what the nginx that will run does not know.
var Version = &lint.Rule{
	ID:       "nginx-version",
	Severity: diag.Error,
	Summary:  "a directive or parameter that the nginx that will run does not have yet, or no longer has",
	Page:     page("nginx-version"),
	Check:    checkVersion,
}

func checkVersion(p *lint.Pass) {
	release := p.Target.NginxRelease()
	for _, c := range p.Nginx {
		for n := range c.All() {
			if n.Row == nil {
				continue
			}
			if row := otherRelease(n, release); row != nil {
				reportRelease(p, n, 0, n.Name.Value, row.Since, row.Until)
				continue
			}
			if !directive.HasParameters(n.Name.Value) {
				continue
			}
			for i, a := range n.Args {
				known := directive.FindParameter(n.Name.Value, n.Scope.Context, a.Value)
				if known != nil && !(&directive.Row{Since: known.Since, Until: known.Until}).In(release) {
					reportRelease(p, n, i+1, a.Value, known.Since, known.Until)
				}
			}
		}
	}
}

// otherRelease returns a row of a directive that is known in its place, but not
// in the release; nil when some row of the release allows it there.
func otherRelease(n *site.Node, release string) *directive.Row {
	var other *directive.Row
	rows := directive.Lookup(n.Name.Value)
	for i := range rows {
		r := &rows[i]
		if r.Contexts&(n.Scope.Context|directive.Any) == 0 {
			continue
		}
		if r.In(release) {
			return nil
		}
		other = r
	}
	return other
}

func reportRelease(p *lint.Pass, n *site.Node, word int, name, since, until string) {
	release := p.Target.NginxRelease()
	d := diag.Diagnostic{Location: n.Location(word)}
	if since != "" && directive.Compare(release, since) < 0 {
		d.Message = diag.T("%q came with nginx %s, and the target is %s", name, since, release)
	} else {
		d.Message = diag.T("nginx %s was the last that knew %q, and the target is %s", until, name, release)
	}
	d.Why = diag.T("nginx %s does not start: it does not know %q", release, name)
	if !p.Target.NginxSaid() {
		d.Severity = diag.Warning // another release may run
		d.Help = diag.T("say which nginx will run with --target-nginx, or nginx = in [target]")
	}
	p.Report(d)
}
