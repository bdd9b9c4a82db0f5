package pairrule

import (
	"path"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
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

// holder is who takes an address or a file.
type holder struct {
	config *uwsgi.Config // nil for nginx
	bind   *pair.Bind    // nil for nginx and for files that are no sockets
	host   string
	at     diag.Location
}

// everyHost is a listener on [::] that takes IPv4 too, as uWSGI's do.
const everyHost = "[::] and 0.0.0.0"

func checkDuplicateBind(p *lint.Pass) {
	if p.Target.Init == "container" {
		return // each has an address and files of its own
	}
	files := map[string]holder{}
	ports := map[int]*port{}
	for _, c := range p.Nginx {
		holdNginx(c, ports, files)
	}
	for _, b := range p.Binds {
		// Several options may refer to one shared socket.
		if b.Unknown || b.Option.Maybe || b.Host == pair.Nowhere || strings.Contains(b.Option.Value, "=") {
			continue
		}
		h := holder{b.Config, b, b.Host, b.Option.ValueLocation()}
		if b.Network != pair.TCP {
			checkSocket(p, files, b, h)
			continue
		}
		switch b.Host {
		case "[::]":
			h.host = everyHost
		case "localhost":
			h.host = "127.0.0.1"
		}
		checkPort(p, ports, b, h)
	}
	checkPidFiles(p, files)
}

// holdNginx notes what nginx takes.
func holdNginx(c *site.Config, ports map[int]*port, files map[string]holder) {
	for _, s := range c.Servers {
		for _, l := range s.Listens {
			if l.Node == nil {
				continue
			}
			h := holder{host: l.Host, at: l.Node.HeadLocation()}
			if l.Unix != "" {
				files[path.Clean(l.Unix)] = h
				continue
			}
			if l.QUIC {
				continue // UDP
			}
			if l.Host == "[::]" && slices.ContainsFunc(l.Node.Args, func(w nginx.Word) bool { return w.Value == "ipv6only=off" }) {
				h.host = everyHost
			}
			portOf(ports, l.Port).add(h)
		}
	}
	for _, n := range c.Find("pid") {
		if path.IsAbs(n.Arg(0)) {
			files[path.Clean(n.Arg(0))] = holder{at: n.HeadLocation()}
		}
	}
}

// port holds the first listeners on one TCP port.
type port struct {
	hosts       map[string]holder
	any, v4, v6 holder
	has4, has6  bool
}

func portOf(ports map[int]*port, n int) *port {
	if ports[n] == nil {
		ports[n] = &port{hosts: map[string]holder{}}
	}
	return ports[n]
}

func isIPv6(host string) bool { return strings.HasPrefix(host, "[") }

func (p *port) add(h holder) {
	if len(p.hosts) == 0 {
		p.any = h
	}
	if _, ok := p.hosts[h.host]; !ok {
		p.hosts[h.host] = h
	}
	switch {
	case isIPv6(h.host) && !p.has6:
		p.v6, p.has6 = h, true
	case !isIPv6(h.host) && !p.has4:
		p.v4, p.has4 = h, true
	}
}

// conflict returns the first listener beside which h cannot be bound.
func (p *port) conflict(h holder) (holder, bool) {
	for _, host := range []string{h.host, everyHost} {
		if other, ok := p.hosts[host]; ok {
			return other, true
		}
	}
	all, first, has := "*", p.v4, p.has4
	if isIPv6(h.host) {
		all, first, has = "[::]", p.v6, p.has6
	}
	switch h.host {
	case everyHost:
		return p.any, len(p.hosts) > 0
	case all:
		return first, has
	}
	other, ok := p.hosts[all]
	return other, ok
}

func checkPort(p *lint.Pass, ports map[int]*port, b *pair.Bind, h holder) {
	taken := portOf(ports, b.Port)
	if other, ok := taken.conflict(h); ok && !apart(h, other) {
		message := diag.T("%s is bound by another uWSGI file already", b.Endpoint)
		switch other.config {
		case nil:
			message = diag.T("nginx listens on port %d already", b.Port)
		case b.Config:
			message = diag.T("%s is bound by this file already, under another name", b.Endpoint)
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
	taken.add(h)
}

// apart tells whether two holders run on different machines, or never at the
// same time.
func apart(a, b holder) bool {
	if elsewhereBound(a) || elsewhereBound(b) {
		return true
	}
	return a.config != nil && b.config != nil && a.config != b.config && alternatives(a.config, b.config)
}

// elsewhereBound tells whether nginx reaches a listener by the name of another
// container or machine.
func elsewhereBound(h holder) bool {
	return h.bind != nil && slices.ContainsFunc(h.bind.Passes, func(t *pair.Target) bool { return t.Named() })
}

// stages are the words that tell the variants of one file apart.
var stages = []string{"dev", "prod", "local", "test", "stag", "docker", "debug", "example", "sample"}

// alternatives tells whether two files start the same application, as those
// for development and production do.
func alternatives(a, b *uwsgi.Config) bool {
	for _, c := range []*uwsgi.Config{a, b} {
		name := strings.ToLower(c.Main.Name)
		if slices.ContainsFunc(stages, func(s string) bool {
			return strings.Contains(path.Base(name), s) || strings.Contains(path.Base(path.Dir(name)), s)
		}) {
			return true
		}
	}
	if value(a, "chdir") != value(b, "chdir") {
		return false
	}
	for _, name := range []string{"module", "wsgi-file"} {
		if v := value(a, name); v != "" && v == value(b, name) {
			return true
		}
	}
	return false
}

// value returns what an option is set to, or "".
func value(c *uwsgi.Config, name string) string {
	if o := c.Get(name); o != nil {
		return o.Value
	}
	return ""
}

func checkSocket(p *lint.Pass, files map[string]holder, b *pair.Bind, h holder) {
	name := b.Endpoint.String()
	other, ok := files[name]
	if !ok {
		files[name] = h
		return
	}
	if other.config == h.config || apart(h, other) {
		return
	}
	message := diag.T("the socket %s is another uWSGI file's already", name)
	if other.config == nil {
		message = diag.T("the socket %s is nginx's own already", name)
	}
	p.Report(diag.Diagnostic{
		Location: h.at,
		Message:  message,
		Why:      diag.T("the second one takes the socket over without a word: requests go to the wrong application"),
		Help:     diag.T("give each application a path of its own"),
		Related:  []diag.Related{{Location: other.at, Message: diag.T("taken here")}},
	})
}

// checkPidFiles finds files that several masters write their numbers to.
func checkPidFiles(p *lint.Pass, files map[string]holder) {
	for _, c := range p.Uwsgi {
		for _, name := range []string{"pidfile", "pidfile2", "safe-pidfile", "safe-pidfile2", "master-fifo"} {
			o := c.Get(name)
			if o == nil || o.Unresolved || o.Maybe || !path.IsAbs(o.Value) {
				continue
			}
			file, h := path.Clean(o.Value), holder{config: c, at: o.ValueLocation()}
			other, ok := files[file]
			if !ok {
				files[file] = h
				continue
			}
			if other.config == c || apart(h, other) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: h.at,
				Message:  diag.T("the file %s is another program's already", o.Value),
				Why:      diag.T("each writes over the other's: a stop or a reload reaches the wrong program"),
				Help:     diag.T("give each program a file of its own"),
				Related:  []diag.Related{{Location: other.at, Message: diag.T("taken here")}},
			})
		}
	}
}
