package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
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
	if len(p.Passes) == 0 {
		return
	}
	missed := map[*pair.Bind]bool{} // those that a mismatch names already
	for _, via := range p.Passes {
		for _, t := range via.Targets {
			if t.Unknown {
				return // it may lead anywhere
			}
			if len(t.Binds) == 0 {
				missed[p.Nearest(t.Endpoint)] = true
			}
		}
	}
	for _, b := range p.Binds {
		// A listener for HTTP may serve health checks.
		if b.Unknown || !b.ForNginx || len(b.Passes) > 0 || missed[b] || b.Protocol == pair.HTTP {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: b.Option.ValueLocation(),
			Message:  diag.T("nothing among these files passes requests to %s", b.Endpoint),
			Help:     diag.T("remove the option, or name the address in nginx"),
		})
	}
}
