package liverule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// NobodyListens reports addresses that nginx passes to and that nobody listens on.
var NobodyListens = &lint.Rule{
	ID:       "live-nobody-listens",
	Severity: diag.Warning,
	Summary:  "nginx passes requests to an address of this machine on which nobody listens now",
	Page:     page("live-nobody-listens"),
	Check:    checkNobodyListens,
}

func checkNobodyListens(p *lint.Pass) {
	if p.Machine == nil {
		return
	}
	seen := map[string]bool{}
	for _, via := range p.Passes {
		for _, t := range via.Targets {
			if t.Unknown || !t.Loopback() || t.Network == pair.Abstract || seen[t.Endpoint.String()] {
				continue
			}
			seen[t.Endpoint.String()] = true
			addresses := []string{t.Path}
			if t.Network == pair.TCP {
				addresses = spellings(t.Host, t.Port)
			}
			if listens(p, addresses) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: t.At,
				Message:  diag.T("nobody listens on %s now", t.Endpoint.String()),
				Why:      diag.T("502: connect() failed (111: Connection refused), or (2: No such file or directory) for a socket that is not there"),
				Help:     diag.T("start uWSGI; where it runs, compare its socket with this address"),
			})
		}
	}
}

// listens tells whether somebody listens on one of the addresses, or nobody can
// say.
func listens(p *lint.Pass, addresses []string) bool {
	for _, a := range addresses {
		if _, listens, known := p.Machine.Listener(a); listens || !known {
			return true
		}
	}
	return false
}
