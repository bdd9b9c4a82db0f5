package pairrule

import (
	"strconv"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// Backlog finds listen queues that the kernel refuses or that a busy nginx fills.
var Backlog = &lint.Rule{
	ID:       "pair-backlog",
	Severity: diag.Info,
	Summary:  "uWSGI's listen queue is above the kernel's limit, or small beside nginx's connections",
	Page:     page("pair-backlog"),
	Check:    checkBacklog,
}

const (
	// somaxconn is the kernel's default for net.core.somaxconn since Linux 5.4.
	somaxconn = 4096
	// defaultBacklog is uWSGI's own (core/init.c, uwsgi_setup).
	defaultBacklog = 100
	// crowd is how many connections of nginx for one place in the queue are
	// taken for too many.
	crowd = 32
)

func checkBacklog(p *lint.Pass) {
	known := 0 // the limit of this machine, where it is the one that counts
	if p.Machine != nil {
		known = p.Machine.Somaxconn()
	}
	for _, c := range p.Uwsgi {
		backlog, at := defaultBacklog, c.Get("listen")
		if at != nil {
			n, ok := c.Int("listen")
			if !ok || at.Unresolved {
				continue
			}
			backlog = n
		}
		if known > 0 && backlog > known {
			d := diag.Diagnostic{
				Severity: diag.Error,
				Message:  diag.T("a listen queue of %d is above net.core.somaxconn, which is %d here", backlog, known),
				Why:      diag.T("uWSGI exits with: Listen queue size is greater than the system max net.core.somaxconn (%d).", known),
				Help:     diag.T("raise net.core.somaxconn on the server first, or write %d", known),
			}
			switch b := bindOf(p, c); {
			case at != nil:
				d.Location = at.ValueLocation()
			case b != nil:
				d.Location = b.Option.KeyLocation()
			default:
				continue
			}
			p.Report(d)
			continue
		}
		if known == 0 && backlog > somaxconn {
			p.Report(diag.Diagnostic{
				Location: at.ValueLocation(),
				Message:  diag.T("listen = %d is above the kernel's usual limit of %d", backlog, somaxconn),
				Why:      diag.T("uWSGI exits with: Listen queue size is greater than the system max net.core.somaxconn (%d).", somaxconn),
				Help:     diag.T("raise net.core.somaxconn on the server first, or write %d", somaxconn),
			})
			continue
		}
		via := passTo(p, c)
		if via == nil {
			continue
		}
		n, node := connections(via.Config)
		if node == nil || n < backlog*crowd {
			continue
		}
		d := diag.Diagnostic{
			Message: diag.T("a listen queue of %d for up to %d connections of nginx", backlog, n),
			Why:     diag.T("when it is full, nginx answers 502 with (11: Resource temporarily unavailable) on a unix socket, and clients wait on a TCP one"),
			Help:    diag.T("write `listen = 1024`, with net.core.somaxconn at least as large"),
			Related: []diag.Related{{Location: node.HeadLocation(), Message: diag.T("nginx's connections")}},
		}
		if at != nil {
			d.Location = at.ValueLocation()
		} else {
			d.Location = bindOf(p, c).Option.KeyLocation()
		}
		p.Report(d)
	}
}

// connections returns how many connections an nginx takes at once, as far as
// it is written.
func connections(c *site.Config) (int, *site.Node) {
	for _, n := range c.Find("worker_connections") {
		count, err := strconv.Atoi(n.Arg(0))
		if err != nil {
			return 0, nil
		}
		for _, w := range c.Root.Here("worker_processes") {
			if workers, err := strconv.Atoi(w.Arg(0)); err == nil {
				count *= workers
			}
		}
		return count, n
	}
	return 0, nil
}
