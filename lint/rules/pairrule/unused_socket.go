package pairrule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// UnusedSocket finds listeners of uWSGI that nothing passes to.
var UnusedSocket = &lint.Rule{
	ID:       "pair-unused-socket",
	Severity: diag.Warning,
	Summary:  "uWSGI listens where nothing passes requests to",
	Page:     page("pair-unused-socket"),
	Check:    checkUnusedSocket,
}

func checkUnusedSocket(p *lint.Pass) {
	if len(p.Passes) == 0 || incomplete(p) {
		return
	}
	missed := map[*pair.Bind]bool{}      // those that a mismatch names already
	anywhere := map[pair.Protocol]bool{} // what is spoken to addresses that are not known
	for _, via := range p.Passes {
		for _, t := range via.Targets {
			switch {
			case t.Unknown:
				anywhere[plain(via.Protocol)] = true
			case len(t.Binds) == 0:
				missed[p.Nearest(t.Endpoint)] = true
			}
		}
	}
	for _, b := range p.Binds {
		// A listener for HTTP may serve health checks.
		if b.Unknown || !b.ForNginx || b.Option.Maybe || len(b.Passes) > 0 || missed[b] || b.Protocol == pair.HTTP {
			continue
		}
		if anywhere[plain(b.Protocol)] || anywhere[""] || routed(b.Config) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: b.Option.ValueLocation(),
			Message:  diag.T("nothing among these files passes requests to %s", b.Endpoint),
			Help:     diag.T("remove the option, or name the address in nginx"),
		})
	}
}

// incomplete tells whether a part of nginx's configuration is not here.
func incomplete(p *lint.Pass) bool {
	for _, c := range p.Nginx {
		for _, problem := range c.Tree.Problems {
			if base := path.Base(problem.Include.Arg(0)); base != "mime.types" && !strings.HasSuffix(base, "_params") {
				return true
			}
		}
	}
	return false
}

// routed tells whether uWSGI's own routers, here or elsewhere, pass requests to
// the sockets of a file.
func routed(c *uwsgi.Config) bool {
	for _, name := range []string{"http", "https", "fastrouter", "rawrouter", "sslrouter", "subscribe-to", "subscribe2", "zerg"} {
		if c.Get(name) != nil {
			return true
		}
	}
	return false
}
