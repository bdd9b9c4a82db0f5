package securityrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// SSLProtocols reports TLS servers that speak old protocols.
var SSLProtocols = &lint.Rule{
	ID:       "nginx-ssl-protocols",
	Severity: diag.Warning,
	Summary:  "a TLS server speaks SSLv3, TLSv1 or TLSv1.1, or not what the Mozilla profile asks for",
	Fixable:  true,
	Page:     page("nginx-ssl-protocols"),
	Check:    checkSSLProtocols,
}

// oldProtocols are what RFC 7568 and RFC 8996 forbid, and SSLv2 (RFC 6176).
var oldProtocols = []string{"SSLv2", "SSLv3", "TLSv1", "TLSv1.1"}

// wantedProtocols returns what the profile asks for; nil for anything that is not old.
func wantedProtocols(p *lint.Pass) []string {
	switch p.Profile {
	case lint.MozillaIntermediate:
		return []string{"TLSv1.2", "TLSv1.3"}
	case lint.MozillaModern:
		return []string{"TLSv1.3"}
	}
	return nil
}

func checkSSLProtocols(p *lint.Pass) {
	want := wantedProtocols(p)
	for _, c := range p.Nginx {
		set, without := tlsSettings(c, "ssl_protocols")
		for _, n := range set {
			if n.Row != nil {
				checkProtocols(p, n, want)
			}
		}
		if want == nil || p.Target.NginxAtLeast("1.27.3") && len(want) == 2 {
			continue // since 1.27.3 the default is TLSv1.2 and TLSv1.3
		}
		for _, n := range without {
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("no ssl_protocols for this server, and %s asks for %s", p.Profile, strings.Join(want, " ")),
				Why:      diag.T("nginx before 1.27.3 speaks TLSv1 and TLSv1.1 by default"),
				Help:     diag.T("write `ssl_protocols %s;`", strings.Join(want, " ")),
			})
		}
	}
}

func checkProtocols(p *lint.Pass, n *site.Node, want []string) {
	var old, kept []string
	for _, a := range n.Args {
		switch {
		case !known(a.Value):
			return
		case slices.Contains(oldProtocols, a.Value):
			old = append(old, a.Value)
		default:
			kept = append(kept, a.Value)
		}
	}
	d := diag.Diagnostic{Location: n.HeadLocation()}
	switch {
	case want != nil:
		if same(kept, want) && len(old) == 0 {
			return
		}
		kept = want
		d.Message = diag.T("%s asks for %s", p.Profile, strings.Join(want, " "))
		d.Why = diag.T("this server speaks %s", strings.Join(words(n), " "))
	case len(old) > 0:
		if len(kept) == 0 {
			kept = []string{"TLSv1.2", "TLSv1.3"}
		}
		d.Message = diag.T("this server still speaks %s", diag.And(old))
		d.Why = diag.T("no browser since 2020 needs them, their ciphers are broken (POODLE, BEAST), and audits (PCI DSS) fail")
	default:
		return
	}
	text := "ssl_protocols " + strings.Join(kept, " ")
	d.Help = diag.T("write `%s;`", text)
	d.Fix = fix(diag.T("name the protocols of today"), diag.Edit{File: n.File.File, Span: n.Head(), New: text})
	p.Report(d)
}

// words returns the arguments of a directive.
func words(n *site.Node) []string {
	var all []string
	for _, a := range n.Args {
		all = append(all, a.Value)
	}
	return all
}

// same tells whether two lists hold the same words in some order.
func same(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}
