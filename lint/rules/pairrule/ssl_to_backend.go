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
			if b := otherwise(via, t); b != nil {
				reportSSL(p, via, b)
			}
		}
	}
}

// otherwise returns the listener that a target reaches, when it differs from
// the pass by its encryption alone, and nothing else that it reaches does not.
func otherwise(via *pair.Pass, t *pair.Target) *pair.Bind {
	var found *pair.Bind
	for _, b := range t.Binds {
		switch {
		case b.Protocol == via.Protocol:
			return nil
		case found == nil && plain(b.Protocol) == plain(via.Protocol):
			found = b
		}
	}
	return found
}

func reportSSL(p *lint.Pass, via *pair.Pass, b *pair.Bind) {
	d := diag.Diagnostic{
		Location: via.Node.HeadLocation(),
		Message:  diag.T("nginx speaks %s here, and %s speaks %s", via.Protocol, b.Option.Key, b.Protocol),
		Why:      diag.T("502: recv() failed (104: Connection reset by peer) while reading response header from upstream"),
		Help:     diag.T("encrypt at both ends or at none; on one machine none is needed"),
		Related:  []diag.Related{{Location: b.Option.KeyLocation(), Message: diag.T("%s binds %s", b.Option.Key, b.Endpoint)}},
	}
	if plain(via.Protocol) != via.Protocol {
		d.Why = diag.T("502 after 4 seconds: peer closed connection in SSL handshake while SSL handshaking to upstream; uWSGI logs nothing")
	}
	p.Report(d)
}
