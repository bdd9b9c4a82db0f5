package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// SSLToBackend finds an encrypted connection to a plain socket, or the reverse.
var SSLToBackend = &lint.Rule{
	ID:       "pair-ssl-to-backend",
	Severity: diag.Error,
	Summary:  "one end encrypts the connection between nginx and uWSGI, and the other does not",
	Page:     page("pair-ssl-to-backend"),
	Check:    checkSSLToBackend,
}

func checkSSLToBackend(p *lint.Pass) {
	for _, via := range p.Passes {
		for _, t := range via.Targets {
			for _, b := range t.Binds {
				if b.Protocol == via.Protocol || !encryptionOnly(via.Protocol, b.Protocol) {
					continue
				}
				d := diag.Diagnostic{
					Location: via.Node.HeadLocation(),
					Message:  diag.T("nginx speaks %s here, and %s speaks %s", via.Protocol, b.Option.Key, b.Protocol),
					Why:      diag.T("502: SSL_do_handshake() failed while SSL handshaking to upstream; uWSGI logs: -- unavailable modifier requested: 22 --"),
					Help:     diag.T("encrypt at both ends or at none; on one machine none is needed"),
					Related:  []diag.Related{{Location: b.Option.KeyLocation(), Message: diag.T("%s binds %s", b.Option.Key, b.Endpoint)}},
				}
				if via.Protocol == pair.UWSGI || via.Protocol == pair.HTTP {
					d.Why = diag.T("502: upstream prematurely closed connection while reading response header from upstream")
				}
				p.Report(d)
			}
		}
	}
}
