package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// OffloadBuffering finds buffering switched off before synchronous workers.
var OffloadBuffering = &lint.Rule{
	ID:       "pair-offload-buffering",
	Severity: diag.Info,
	Summary:  "buffering is off before synchronous workers: a slow client holds a worker",
	Page:     page("pair-offload-buffering"),
	Check:    checkOffloadBuffering,
}

func checkOffloadBuffering(p *lint.Pass) {
	for _, via := range p.Passes {
		prefix := "uwsgi_"
		if via.Protocol == pair.HTTP {
			prefix = "proxy_"
		}
		for _, c := range configs(via) {
			if asynchronous(c) {
				continue
			}
			for _, name := range []string{prefix + "buffering", prefix + "request_buffering"} {
				for _, n := range via.Node.Scope.Effective(name) {
					if n.Arg(0) != "off" {
						continue
					}
					p.Report(diag.Diagnostic{
						Location: n.HeadLocation(),
						Message:  diag.T("%s is off, and the workers of %s are synchronous", name, c.Main.Name),
						Why:      diag.T("a worker is held for as long as the client takes to send or to read: a few slow clients stop the site"),
						Help:     diag.T("remove it, or use it only in the location that streams, with gevent or more threads"),
					})
				}
			}
		}
	}
}
