package pairrule

import (
	"path"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// DuplicateBind finds addresses and files that two programs take.
var DuplicateBind = &lint.Rule{
	ID:       "pair-duplicate-bind",
	Severity: diag.Error,
	Summary:  "two uWSGI files, or uWSGI and nginx, take the same address, socket or pid file",
	Page:     page("pair-duplicate-bind"),
	Check:    checkDuplicateBind,
}

// holder is who takes an address first.
type holder struct {
	config *uwsgi.Config // nil for nginx
	host   string
	at     diag.Location
}

func checkDuplicateBind(p *lint.Pass) {
	files := map[string]holder{}
	ports := map[int][]holder{}
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				if l.Node == nil || l.Unix != "" {
					continue
				}
				ports[l.Port] = append(ports[l.Port], holder{host: l.Host, at: l.Node.HeadLocation()})
			}
		}
	}
	for _, b := range p.Binds {
		if b.Unknown {
			continue
		}
		h := holder{b.Config, b.Host, b.Option.ValueLocation()}
		if b.Network == pair.TCP {
			checkPort(p, b, h, ports)
			continue
		}
		checkFile(p, files, b.Endpoint.String(), h, diag.T("the socket %s", b.Endpoint))
	}
	for _, c := range p.Uwsgi {
		for _, name := range []string{"pidfile", "pidfile2", "safe-pidfile", "safe-pidfile2", "master-fifo"} {
			if o := c.Get(name); o != nil && !o.Unresolved && path.IsAbs(o.Value) {
				checkFile(p, files, path.Clean(o.Value), holder{config: c, at: o.ValueLocation()}, diag.T("the file %s", o.Value))
			}
		}
	}
}

func checkPort(p *lint.Pass, b *pair.Bind, h holder, ports map[int][]holder) {
	for _, other := range ports[b.Port] {
		if other.config == b.Config && other.host == h.host || !overlap(other.host, h.host) {
			continue
		}
		message := diag.T("%s is bound by another uWSGI file already", b.Endpoint)
		if other.config == nil {
			message = diag.T("nginx listens on port %d already", b.Port)
		} else if other.config == b.Config {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: h.at,
			Message:  message,
			Why:      diag.T("whichever starts second exits: bind(): Address already in use"),
			Help:     diag.T("use another port"),
			Related:  []diag.Related{{Location: other.at, Message: diag.T("taken here")}},
		})
		return
	}
	ports[b.Port] = append(ports[b.Port], h)
}

// overlap tells whether two hosts of one port cannot both be bound.
func overlap(a, b string) bool {
	return a == b || a == "*" || b == "*"
}

func checkFile(p *lint.Pass, files map[string]holder, name string, h holder, what diag.Text) {
	first, ok := files[name]
	if !ok {
		files[name] = h
		return
	}
	if first.config == h.config {
		return
	}
	p.Report(diag.Diagnostic{
		Location: h.at,
		Message:  diag.T("%s is another uWSGI file's already", what),
		Why:      diag.T("the second one takes the socket over without a word: requests go to the wrong application"),
		Help:     diag.T("give each application a path of its own"),
		Related:  []diag.Related{{Location: first.at, Message: diag.T("taken here")}},
	})
}
