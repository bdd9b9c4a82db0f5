package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// PublicSocket finds sockets through which strangers can run code.
var PublicSocket = &lint.Rule{
	ID:       "uwsgi-public-socket",
	Severity: diag.Error,
	Summary:  "a uwsgi socket on all addresses: whoever reaches it runs code",
	Fixable:  true,
	Page:     page("uwsgi-public-socket"),
	Check:    checkPublicSocket,
}

func checkPublicSocket(p *lint.Pass) {
	if p.Target.Init == "container" {
		return // the container's network decides who reaches it
	}
	written(p, func(c *uwsgi.Config, o *uwsgi.Option) {
		if !speaksUwsgi(c, o) || !isKnown(o) {
			return
		}
		host, port, ok := hostPort(o.Value)
		if n, rest := uwsgi.Number(port); !ok || !isAll(host) || n == 0 || rest != "" {
			return
		}
		d := diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("%s = %s listens on all addresses, and speaks the uwsgi protocol", o.Key, o.Value),
			Why:      diag.T("a client may send UWSGI_FILE=/path, and uWSGI loads and runs that file: the protocol is for the web server alone"),
			Help:     diag.T("listen on 127.0.0.1:%s, or on a unix socket", port),
		}
		if reachedLocally(p, o) {
			d.Fix = setValue(o, "127.0.0.1:"+port)
		}
		p.Report(d)
	})
}

// speaksUwsgi tells whether an option opens a socket of the uwsgi protocol.
func speaksUwsgi(c *uwsgi.Config, o *uwsgi.Option) bool {
	switch o.Key {
	case "socket":
		protocol := c.Get("protocol")
		return protocol == nil || protocol.Value == "uwsgi"
	case "uwsgi-socket", "puwsgi-socket":
		return true
	}
	return false
}

// reachedLocally tells whether nginx, as far as it is known, comes from this
// machine, so that a loopback address serves it as well.
func reachedLocally(p *lint.Pass, o *uwsgi.Option) bool {
	for _, b := range p.Binds {
		if b.Option != o {
			continue
		}
		for _, t := range b.Passes {
			if t.Network != pair.TCP || t.Host != "127.0.0.1" && t.Host != "localhost" {
				return false
			}
		}
	}
	return true
}
