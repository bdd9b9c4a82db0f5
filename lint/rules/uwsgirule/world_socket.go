package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// WorldSocket finds unix sockets that are open to every account.
var WorldSocket = &lint.Rule{
	ID:       "uwsgi-world-socket",
	Severity: diag.Warning,
	Summary:  "a unix socket that every account may connect to",
	Fixable:  true,
	Page:     page("uwsgi-world-socket"),
	Check:    checkWorldSocket,
}

func checkWorldSocket(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		o := c.Get("chmod-socket")
		mode, ok := c.Mode()
		if !ok || o == nil || mode&0o002 == 0 || o.Maybe || !isKnown(o) {
			continue
		}
		unix, reached := false, false
		for _, b := range p.BindsOf(c) {
			if b.Network == pair.Unix && b.ForNginx {
				unix = true
				reached = reached || len(b.Passes) > 0
			}
		}
		// pair-socket-permission knows nginx's account, where there is one.
		if !unix || reached {
			continue
		}
		d := diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("%s = %s lets every account of the machine connect", o.Key, o.Value),
			Why:      diag.T("whoever speaks the uwsgi protocol may send UWSGI_FILE=/path, and uWSGI loads and runs that file"),
			Help:     diag.T("write 660, and have the socket belong to nginx's group: chown-socket = :www-data, or gid"),
		}
		if d.Fix = setValue(o, "660"); d.Fix != nil {
			d.Fix.Unsafe = c.Get("chown-socket") == nil && c.Get("gid") == nil
		}
		p.Report(d)
	}
}
