package pairrule

import (
	"path"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// ContainersApart finds endpoints that match, and cannot meet: each lies in a
// container of its own.
var ContainersApart = &lint.Rule{
	ID:       "pair-containers-apart",
	Severity: diag.Error,
	Summary:  "nginx and uWSGI run in two containers, and the endpoint does not lead from one to the other",
	Page:     page("pair-containers-apart"),
	Check:    checkContainersApart,
}

func checkContainersApart(p *lint.Pass) {
	for _, via := range p.Passes {
		for _, t := range via.Targets {
			if len(t.Binds) != 1 || t.Unknown {
				continue // one of several may be the right one
			}
			b := t.Binds[0]
			front, app := p.Apart(t, b)
			if front == nil {
				continue
			}
			d := diag.Diagnostic{Location: t.At, Related: []diag.Related{{Location: app.At, Message: diag.T("the container of uWSGI")}, {Location: front.At, Message: diag.T("the container of nginx")}}}
			switch {
			case t.Network == pair.Abstract || t.Network == pair.Unix && !p.Shares(front, app, t.Path):
				d.Message = diag.T("nginx runs in the service %s and uWSGI in %s, and no volume of both holds %s", front.Name, app.Name, t.Path)
				d.Why = diag.T("502: connect() to unix:%s failed (2: No such file or directory) while connecting to upstream", t.Path)
				d.Help = diag.T("mount one volume at %s in both services", path.Dir(t.Path))
			case t.Network == pair.Unix:
				continue
			case t.Loopback():
				d.Message = diag.T("%s is nginx's own container, the service %s, and uWSGI runs in the service %s", t.Host, front.Name, app.Name)
				d.Why = diag.T("502: connect() failed (111: Connection refused) while connecting to upstream")
				d.Help = diag.T("name the service: %s:%d, and let uWSGI listen on :%d", app.Name, t.Port, t.Port)
			case b.Loopback():
				d.Message = diag.T("uWSGI listens on %s of its own container, the service %s, which nginx in the service %s cannot reach", b.String(), app.Name, front.Name)
				d.Why = diag.T("502: connect() failed (111: Connection refused) while connecting to upstream")
				d.Help = diag.T("write `%s = :%d` in uWSGI's file, and publish the port to nobody", b.Option.Key, b.Port)
				d.Related = append(d.Related, diag.Related{Location: b.Option.ValueLocation(), Message: diag.T("where uWSGI listens")})
			case !p.Meet(front, app):
				d.Message = diag.T("the services %s and %s have no network in common", front.Name, app.Name)
				d.Why = diag.T("nginx does not start: host not found in upstream %q", t.Host)
				d.Help = diag.T("put both services into one network")
			default:
				continue
			}
			p.Report(d)
		}
	}
}
