package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// SSLStapling reports OCSP stapling that cannot work.
var SSLStapling = &lint.Rule{
	ID:       "nginx-ssl-stapling",
	Severity: diag.Warning,
	Summary:  "OCSP stapling without a resolver, or for an issuer that ended OCSP",
	Fixable:  true,
	Page:     page("nginx-ssl-stapling"),
	Check:    checkSSLStapling,
}

func checkSSLStapling(p *lint.Pass) {
	for _, c := range p.Nginx {
		said := map[*site.Node]bool{}
		for _, s := range c.Servers {
			if s.Context != directive.Server || s.Opener == nil {
				continue
			}
			nodes := s.Effective("ssl_stapling")
			if len(nodes) == 0 || nodes[0].Arg(0) != "on" || said[nodes[0]] {
				continue
			}
			n := nodes[0]
			certificates := s.Effective("ssl_certificate")
			if ended := endedOCSP(certificates); ended != nil {
				said[n] = true
				reportEndedOCSP(p, n, ended, n.Scope == s.Scope)
				continue
			}
			if len(certificates) == 0 || len(s.Effective("resolver")) > 0 || len(s.Effective("ssl_stapling_file")) > 0 || opaqueAround(s.Scope) || !rooted(s.Scope) || addressedResponder(s) {
				continue
			}
			said[n] = true
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("ssl_stapling without a resolver"),
				Why:      diag.T("nginx cannot find the responder and staples nothing; it logs: no resolver defined to resolve ... while requesting certificate status"),
				Help:     diag.T("add `resolver` with the address of a name server"),
			})
		}
	}
}

// endedOCSP returns the certificate of a server whose issuer answers no OCSP
// requests any more: Let's Encrypt, since August 2025; its certificates name no
// responder since May 2025.
func endedOCSP(certificates []*site.Node) *site.Node {
	for _, n := range certificates {
		if strings.Contains(n.Arg(0), "/letsencrypt/") {
			return n
		}
	}
	return nil
}

// addressedResponder tells whether the responder is named by its address.
func addressedResponder(s *site.Server) bool {
	_, rest, _ := strings.Cut(inForce(s.Scope, "ssl_stapling_responder", ""), "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, ":")
	return isAddress(host)
}

func reportEndedOCSP(p *lint.Pass, n, certificate *site.Node, own bool) {
	d := diag.Diagnostic{
		Location: n.HeadLocation(),
		Message:  diag.T("Let's Encrypt has ended OCSP: there is nothing to staple"),
		Why:      diag.T("nginx starts with the warning: \"ssl_stapling\" ignored, no OCSP responder URL in the certificate %q", certificate.Arg(0)),
		Help:     diag.T("remove ssl_stapling and ssl_stapling_verify"),
		Related:  []diag.Related{{Location: certificate.HeadLocation(), Message: diag.T("the certificate")}},
	}
	if own && n.Terminated {
		d.Fix = &diag.Fix{Message: diag.T("remove the stapling"), Edits: []diag.Edit{{File: n.File.File, Span: n.Line()}}}
		for _, v := range n.Scope.Here("ssl_stapling_verify") {
			if v.Terminated {
				d.Fix.Edits = append(d.Fix.Edits, diag.Edit{File: v.File.File, Span: v.Line()})
			}
		}
	}
	p.Report(d)
}
