package pairrule

import (
	"strconv"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// SocketMismatch finds requests that go to an address that no uWSGI file binds.
var SocketMismatch = &lint.Rule{
	ID:       "pair-socket-mismatch",
	Severity: diag.Error,
	Summary:  "nginx passes requests to an address that no uWSGI file binds",
	Page:     page("pair-socket-mismatch"),
	Check:    checkSocketMismatch,
}

func checkSocketMismatch(p *lint.Pass) {
	waiting := waitingBinds(p)
	for _, via := range p.Passes {
		for _, t := range via.Targets {
			if t.Unknown || len(t.Binds) > 0 || p.MayBind(t.Endpoint) || elsewhere(p, via, t, waiting) {
				continue
			}
			reportMismatch(p, via, t)
		}
	}
}

// listener is what two listeners have in common that might be mixed up.
type listener struct {
	protocol pair.Protocol
	network  pair.Network
}

// waitingBinds returns the kinds of listeners that nothing passes to.
func waitingBinds(p *lint.Pass) map[listener]bool {
	waiting := map[listener]bool{}
	for _, b := range p.Binds {
		if b.ForNginx && len(b.Passes) == 0 {
			waiting[listener{b.Protocol, b.Network}] = true
		}
	}
	return waiting
}

// elsewhere tells whether a target is plainly meant for another program or
// another machine, whose files are not among these.
func elsewhere(p *lint.Pass, via *pair.Pass, t *pair.Target, waiting map[listener]bool) bool {
	if t.Network == pair.TCP && !t.Loopback() && !t.Wildcard() {
		// One of several backends, or a name that another container bears.
		for _, other := range via.Targets {
			if len(other.Binds) > 0 {
				return true
			}
		}
		if t.Named() {
			near := p.Nearest(t.Endpoint)
			return near == nil || near.Port != t.Port && via.Protocol != pair.UWSGI
		}
	}
	if via.Protocol == pair.UWSGI || via.Protocol == pair.SUWSGI {
		return false
	}
	// What speaks HTTP or FastCGI may be any program, unless a listener of
	// uWSGI waits for just such requests and gets none.
	return !waiting[listener{via.Protocol, t.Network}]
}

func reportMismatch(p *lint.Pass, via *pair.Pass, t *pair.Target) {
	d := diag.Diagnostic{
		Location: t.At,
		Message:  diag.T("no uWSGI file binds %s", t.Nginx()),
		Why:      diag.T("502: connect() to %s failed (111: Connection refused) while connecting to upstream", t.Nginx()),
	}
	if t.Network == pair.Unix {
		d.Why = diag.T("502: connect() to %s failed (2: No such file or directory) while connecting to upstream", t.Nginx())
	}
	if near := p.Nearest(t.Endpoint); near != nil {
		mention(&d, t, near)
	}
	if t.At.File != via.Node.File.File || t.At.Span != via.Node.Args[0].Span() {
		d.Related = append(d.Related, diag.Related{Location: via.Node.HeadLocation(), Message: diag.T("requests are passed here")})
	}
	p.Report(d)
}

// mention adds the listener that was probably meant, and how uWSGI reads it.
func mention(d *diag.Diagnostic, t *pair.Target, near *pair.Bind) {
	value := near.Option.Value
	switch {
	case near.Host == pair.Nowhere:
		d.Help = diag.T("write `%s = %s` in %s: uWSGI has its own notation for addresses", near.Option.Key, t.Endpoint, near.Option.File.Name)
		d.Related = []diag.Related{{Location: near.Option.ValueLocation(), Message: diag.T("uWSGI takes %s for a TCP address, as it takes everything with a colon, and nothing can connect to it", value)}}
	case near.Network == pair.Unix && t.Network == pair.TCP && value == strconv.Itoa(t.Port):
		d.Help = diag.T("write `%s = %s` in %s", near.Option.Key, t.Endpoint, near.Option.File.Name)
		d.Related = []diag.Related{{Location: near.Option.ValueLocation(), Message: diag.T("uWSGI takes %s, which has no colon, for the name of a unix socket", value)}}
	case near.Unknown:
		d.Related = []diag.Related{{Location: near.Option.ValueLocation(), Message: diag.T("%s binds %s", near.Option.Key, value)}}
	default:
		d.Help = diag.T("%s binds %s: use one address in both files", near.Option.File.Name, near.Endpoint)
		d.Related = []diag.Related{{Location: near.Option.ValueLocation(), Message: diag.T("%s binds %s", near.Option.Key, near.Endpoint)}}
	}
}
