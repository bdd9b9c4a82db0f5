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
			if b := foreign(via, t); b != nil {
				reportProtocol(p, via, b)
			}
		}
	}
}

// foreign returns the listener that a target reaches, when none that it
// reaches speaks the pass's protocol.
func foreign(via *pair.Pass, t *pair.Target) *pair.Bind {
	var found *pair.Bind
	for _, b := range t.Binds {
		if understands(via.Protocol, b) {
			return nil
		}
		if found == nil {
			found = b
		}
	}
	return found
}

// understands tells whether a listener makes sense of a protocol, but for the
// encryption, which is pair-ssl-to-backend's.
func understands(protocol pair.Protocol, b *pair.Bind) bool {
	switch b.Protocol {
	case pair.Raw:
		return true // a plugin's, or a router that hands on any bytes
	case pair.Stats:
		return protocol == pair.HTTP && b.Config.Bool("stats-http")
	}
	return plain(protocol) == plain(b.Protocol)
}

// plain returns a protocol without its encryption.
func plain(p pair.Protocol) pair.Protocol {
	switch p {
	case pair.SUWSGI:
		return pair.UWSGI
	case pair.HTTPS:
		return pair.HTTP
	}
	return p
}

// optionFor names the socket option of a protocol.
var optionFor = map[pair.Protocol]string{
	pair.UWSGI: "socket", pair.HTTP: "http-socket", pair.FastCGI: "fastcgi-socket", pair.SCGI: "scgi-socket",
}

func reportProtocol(p *lint.Pass, via *pair.Pass, b *pair.Bind) {
	d := diag.Diagnostic{
		Location: via.Node.HeadLocation(),
		Message:  diag.T("%s speaks %s, and %s at this address speaks %s", via.Node.Name.Value, via.Protocol, b.Option.Key, b.Protocol),
		Why:      symptom(via.Protocol, b),
		Related:  []diag.Related{{Location: b.Option.KeyLocation(), Message: diag.T("%s binds %s", b.Option.Key, b.Endpoint)}},
	}
	right := optionFor[via.Protocol]
	if o := b.Config.Get("protocol"); o != nil && b.Option.Key == "socket" {
		d.Related = append(d.Related, diag.Related{Location: o.KeyLocation(), Message: diag.T("socket speaks %s because of this", b.Protocol)})
		if right == "socket" {
			right = "uwsgi-socket" // which keeps its protocol
		}
	}
	if right == "" || !agree(b, via.Protocol) || !isSocket(b) {
		p.Report(d)
		return
	}
	d.Help = diag.T("write `%s = %s` in %s", right, b.Option.Value, b.Option.File.Name)
	d.Fix = &diag.Fix{
		Message: diag.T("write %s", right),
		Edits:   []diag.Edit{{File: b.Option.File.File, Span: b.Option.Entry.KeySpan(), New: right}},
	}
	p.Report(d)
}

// symptom says what a person sees when a protocol reaches a listener of
// another one; each was seen with nginx 1.22.1 and uWSGI 2.0.21.
func symptom(protocol pair.Protocol, b *pair.Bind) diag.Text {
	switch {
	case b.Protocol == pair.PersistentUWSGI && plain(protocol) == pair.UWSGI:
		return diag.T("every answer takes 4 seconds (socket-timeout): uWSGI keeps the connection open, and nginx waits for its end")
	case b.Option.Key == "http" && protocol == pair.UWSGI:
		return diag.T("504 after uwsgi_read_timeout: uWSGI's router waits for a request line that never comes")
	case plain(b.Protocol) == pair.UWSGI && protocol == pair.HTTP:
		return diag.T("502: upstream prematurely closed connection while reading response header from upstream; uWSGI logs: invalid request block size: 21573 (max 4096)...skip")
	case plain(b.Protocol) == pair.UWSGI && protocol == pair.FastCGI:
		return diag.T("502: upstream prematurely closed connection while reading response header from upstream; uWSGI logs: -- unavailable modifier requested: 1 --")
	case plain(b.Protocol) == pair.UWSGI && protocol == pair.SCGI:
		return diag.T("502: upstream prematurely closed connection while reading response header from upstream; uWSGI logs: invalid request block size: 14385 (max 4096)...skip")
	case b.Protocol == pair.FastCGI:
		return diag.T("502 after 8 seconds: upstream prematurely closed connection while reading response header from upstream; uWSGI logs nothing")
	case b.Protocol == pair.HTTP, b.Protocol == pair.SCGI && protocol == pair.UWSGI:
		return diag.T("502 after 4 seconds: upstream prematurely closed connection while reading response header from upstream; uWSGI logs nothing")
	}
	return diag.T("502: upstream prematurely closed connection while reading response header from upstream")
}

// isSocket tells whether a listener is a socket of the workers whose protocol
// is changed by another name of the option.
func isSocket(b *pair.Bind) bool {
	switch b.Option.Key {
	case "socket", "uwsgi-socket", "puwsgi-socket", "http-socket", "http11-socket", "fastcgi-socket", "scgi-socket":
		return true
	}
	return false
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
