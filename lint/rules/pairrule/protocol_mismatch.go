package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// ProtocolMismatch finds two ends that meet and speak different protocols.
var ProtocolMismatch = &lint.Rule{
	ID:       "pair-protocol-mismatch",
	Severity: diag.Error,
	Summary:  "nginx and uWSGI meet, and speak different protocols",
	Fixable:  true,
	Page:     page("pair-protocol-mismatch"),
	Check:    checkProtocolMismatch,
}

func checkProtocolMismatch(p *lint.Pass) {
	for _, via := range p.Passes {
		if via.Protocol == "" {
			continue // a stream hands on any bytes
		}
		for _, t := range via.Targets {
			for _, b := range t.Binds {
				if b.Protocol != via.Protocol && !encryptionOnly(via.Protocol, b.Protocol) {
					reportProtocol(p, via, b)
				}
			}
		}
	}
}

// encryptionOnly tells whether two protocols differ by their encryption alone,
// which is pair-ssl-to-backend's.
func encryptionOnly(a, b pair.Protocol) bool {
	plain := func(x pair.Protocol) pair.Protocol {
		switch x {
		case pair.SUWSGI:
			return pair.UWSGI
		case pair.HTTPS:
			return pair.HTTP
		}
		return x
	}
	return plain(a) == plain(b)
}

// optionFor names the socket option of a protocol.
var optionFor = map[pair.Protocol]string{
	pair.UWSGI: "socket", pair.HTTP: "http-socket", pair.FastCGI: "fastcgi-socket", pair.SCGI: "scgi-socket",
}

func reportProtocol(p *lint.Pass, via *pair.Pass, b *pair.Bind) {
	d := diag.Diagnostic{
		Location: via.Node.HeadLocation(),
		Message:  diag.T("%s speaks %s, and %s at this address speaks %s", via.Node.Name.Value, via.Protocol, b.Option.Key, b.Protocol),
		Related:  []diag.Related{{Location: b.Option.KeyLocation(), Message: diag.T("%s binds %s", b.Option.Key, b.Endpoint)}},
	}
	switch {
	case via.Protocol == pair.HTTP && b.Protocol == pair.UWSGI:
		d.Why = diag.T("502: upstream prematurely closed connection while reading response header from upstream; uWSGI logs: invalid request block size: 21573 (max 4096)...skip")
	case via.Protocol == pair.UWSGI && b.Protocol == pair.HTTP:
		d.Why = diag.T("502 after 4 seconds: upstream prematurely closed connection while reading response header from upstream; uWSGI logs nothing")
	default:
		d.Why = diag.T("502: upstream prematurely closed connection while reading response header from upstream")
	}
	right := optionFor[via.Protocol]
	if right == "" || optionFor[b.Protocol] != b.Option.Key || !agree(b, via.Protocol) {
		p.Report(d)
		return
	}
	d.Help = diag.T("write `%s = %s` in %s", right, b.Option.Value, b.Option.File.Name)
	d.Fix = &diag.Fix{
		Message: diag.T("write %s", right),
		Edits:   []diag.Edit{{File: b.Option.File.File, Span: b.Option.Entry.KeySpan, New: right}},
	}
	p.Report(d)
}

// agree tells whether everything that reaches a listener speaks the protocol.
func agree(b *pair.Bind, protocol pair.Protocol) bool {
	for _, t := range b.Passes {
		if t.Pass.Protocol != protocol {
			return false
		}
	}
	return true
}
