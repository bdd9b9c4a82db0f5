package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// TLSNoCertificate reports TLS listeners that have no certificate to show.
var TLSNoCertificate = &lint.Rule{
	ID:       "nginx-tls-no-certificate",
	Severity: diag.Error,
	Summary:  "a server listens with TLS and has no certificate, or no key for it",
	Page:     page("nginx-tls-no-certificate"),
	Check:    checkTLSCertificate,
}

func checkTLSCertificate(p *lint.Pass) {
	for _, c := range p.Nginx {
		if c.Root.Context != directive.Main || len(c.Tree.Problems) > 0 {
			continue // the certificate may stand in what is not here
		}
		order, by := addresses(c)
		reported := map[*site.Server]bool{}
		for _, key := range order {
			checkTLSAddress(p, by[key], reported)
		}
		for _, s := range c.Servers {
			checkTLSServer(p, s)
		}
		checkStreamTLS(p, c)
	}
}

// checkTLSAddress follows ngx_http_ssl_init: the default server of an address
// needs a certificate, or refuses handshakes and every other one has it.
func checkTLSAddress(p *lint.Pass, all []listening, reported map[*site.Server]bool) {
	fallback, secure := &all[0], (*listening)(nil)
	marked := false
	for i := range all {
		if all[i].ssl && secure == nil {
			secure = &all[i]
		}
		if all[i].marked && !marked {
			fallback, marked = &all[i], true
		}
	}
	if secure == nil || hasCertificate(fallback.server) {
		return
	}
	lacking := fallback
	if rejects(fallback.server) {
		lacking = nil
		for i := range all {
			if !hasCertificate(all[i].server) && !rejects(all[i].server) {
				lacking = &all[i]
				break
			}
		}
	}
	if lacking == nil || reported[lacking.server] || opaque(lacking.server.Scope) {
		return
	}
	reported[lacking.server] = true
	at := lacking
	if at.node == nil || !at.ssl {
		at = secure
	}
	d := diag.Diagnostic{
		Location: at.node.HeadLocation(),
		Message:  diag.T("%s is for TLS, and its server has no ssl_certificate", at.text),
		Why:      diag.T(`nginx does not start: no "ssl_certificate" is defined for the "listen ... ssl" directive`),
		Help:     diag.T("add ssl_certificate and ssl_certificate_key, or `ssl_reject_handshake on;`"),
	}
	if at.server != lacking.server {
		d.Message = diag.T("%s is for TLS, and its default server has no ssl_certificate", at.text)
		d.Related = []diag.Related{{Location: lacking.server.Opener.HeadLocation(), Message: diag.T("the default server")}}
	}
	p.Report(d)
}

// checkTLSServer finds certificates without a key, and `ssl on` without a certificate.
func checkTLSServer(p *lint.Pass, s *site.Server) {
	if s.Opener == nil || opaque(s.Scope) {
		return
	}
	certificates, keys := s.Effective("ssl_certificate"), s.Effective("ssl_certificate_key")
	if n := len(certificates); n > len(keys) {
		p.Report(diag.Diagnostic{
			Location: certificates[n-1].HeadLocation(),
			Message:  diag.T("no ssl_certificate_key stands beside the certificate %q", certificates[n-1].Arg(0)),
			Why:      diag.T(`nginx does not start: no "ssl_certificate_key" is defined for certificate %q`, certificates[n-1].Arg(0)),
			Help:     diag.T("add `ssl_certificate_key`, once for each certificate"),
		})
	}
	on := s.Effective("ssl")
	if len(on) > 0 && on[0].Arg(0) == "on" && len(certificates) == 0 && !rejects(s) {
		p.Report(diag.Diagnostic{
			Location: on[0].HeadLocation(),
			Message:  diag.T("%s is for TLS, and its server has no ssl_certificate", "ssl on"),
			Why:      diag.T(`nginx does not start: no "ssl_certificate" is defined for the "ssl" directive`),
			Help:     diag.T("add ssl_certificate and ssl_certificate_key, or `ssl_reject_handshake on;`"),
		})
	}
}

// checkStreamTLS finds servers of stream that listen with TLS and lack a
// certificate, or a key for it.
func checkStreamTLS(p *lint.Pass, c *site.Config) {
	for _, n := range c.Find("listen") {
		if n.Row == nil || n.Scope.Context != directive.StreamServer || opaque(n.Scope) {
			continue
		}
		var l listening
		if l.options(n); !l.ssl {
			continue
		}
		certificates, keys := n.Scope.Effective("ssl_certificate"), n.Scope.Effective("ssl_certificate_key")
		if reject := n.Scope.Effective("ssl_reject_handshake"); len(certificates) == 0 && len(reject) > 0 && reject[0].Arg(0) == "on" {
			continue
		}
		if len(certificates) == 0 || len(keys) < len(certificates) {
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("%s is for TLS, and its server has %d certificates and %d keys", n.Arg(0), len(certificates), len(keys)),
				Why:      diag.T(`nginx does not start: no "ssl_certificate" is defined for the "listen ... ssl" directive`),
				Help:     diag.T("add ssl_certificate and ssl_certificate_key, or `ssl_reject_handshake on;`"),
			})
		}
	}
}

func hasCertificate(s *site.Server) bool { return len(s.Effective("ssl_certificate")) > 0 }

func rejects(s *site.Server) bool {
	on := s.Effective("ssl_reject_handshake")
	return len(on) > 0 && on[0].Arg(0) == "on"
}

// opaque tells whether a scope, or one around it, includes something that was
// not read: a pattern that matches no file here, or a template.
func opaque(s *site.Scope) bool {
	for ; s != nil; s = s.Parent {
		if len(s.Here("include")) > 0 {
			return true
		}
	}
	return false
}
