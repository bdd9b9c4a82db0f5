package securityrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// SSLCiphers reports ciphers that are broken, or not those of the profile.
var SSLCiphers = &lint.Rule{
	ID:       "nginx-ssl-ciphers",
	Severity: diag.Warning,
	Summary:  "a TLS server offers broken ciphers, or others than the Mozilla profile asks for",
	Fixable:  true,
	Page:     page("nginx-ssl-ciphers"),
	Check:    checkSSLCiphers,
}

// intermediate are the ciphers of Mozilla's guideline 6.0 for TLS 1.2; those
// of TLS 1.3 have no list of their own.
const intermediate = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

// brokenParts are parts of names in OpenSSL's list of ciphers (ciphers(1)),
// with the algorithm that they stand for.
var brokenParts = map[string]string{
	"NULL": "NULL", "eNULL": "NULL", "aNULL": "aNULL", "ADH": "aNULL", "AECDH": "aNULL", "EXP": "EXPORT", "EXPORT": "EXPORT",
	"EXPORT40": "EXPORT", "EXPORT56": "EXPORT", "EXP1024": "EXPORT", "LOW": "LOW", "MEDIUM": "MEDIUM", "DES": "DES", "3DES": "3DES",
	"CBC3": "3DES", "RC2": "RC2", "RC4": "RC4", "MD5": "MD5", "IDEA": "IDEA", "SEED": "SEED", "COMPLEMENTOFALL": "NULL", "COMPLEMENTOFDEFAULT": "aNULL",
}

func checkSSLCiphers(p *lint.Pass) {
	for _, c := range p.Nginx {
		set, without := tlsSettings(c, "ssl_ciphers")
		for _, n := range set {
			if n.Row == nil || !known(n.Arg(0)) {
				continue
			}
			if p.Profile == lint.MozillaIntermediate {
				checkIntermediate(p, n)
				continue
			}
			checkBroken(p, n)
		}
		if p.Profile == lint.MozillaIntermediate {
			for _, n := range without {
				p.Report(diag.Diagnostic{
					Location: n.HeadLocation(),
					Message:  diag.T("no ssl_ciphers for this server, and %s names them", p.Profile),
					Why:      diag.T("nginx's default HIGH:!aNULL:!MD5 offers ciphers without forward secrecy"),
					Help:     diag.T("write `ssl_ciphers %s;`", intermediate),
				})
			}
		}
		if mozilla(p) {
			checkPreference(p, c)
		}
	}
}

// ciphers parts a list of ciphers at its separators.
func ciphers(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ':' || r == ',' || r == ' ' })
}

// broken returns the broken algorithm that a name stands for, or "".
func broken(name string) string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '+' })
	if slices.Contains(parts, "CBC3") {
		return "3DES"
	}
	for _, part := range parts {
		if what := brokenParts[part]; what != "" {
			return what
		}
	}
	return ""
}

func checkBroken(p *lint.Pass, n *site.Node) {
	list := ciphers(n.Arg(0))
	excluded := map[string]bool{}
	for _, name := range list {
		if name[0] == '!' || name[0] == '-' {
			excluded[broken(name[1:])] = true
		}
	}
	var bad, kept []string
	anonymous := false
	for _, name := range list {
		what := broken(name)
		switch {
		case strings.ContainsAny(name[:1], "!-+@"):
		case what != "" && !excluded[what]:
			bad = append(bad, name)
			continue
		case name == "ALL" && !excluded["aNULL"]:
			anonymous = true
		}
		kept = append(kept, name)
	}
	if len(bad) == 0 && !anonymous {
		return
	}
	if anonymous {
		bad = append(bad, "ALL")
		kept = append(kept, "!aNULL")
	}
	text := strings.Join(kept, ":")
	if !slices.ContainsFunc(kept, func(name string) bool { return !strings.ContainsAny(name[:1], "!-+@") }) {
		text = intermediate
	}
	d := diag.Diagnostic{
		Location: n.Location(1),
		Message:  diag.T("ssl_ciphers offers %s", strings.Join(bad, ", ")),
		Why:      diag.T("RC4, DES, 3DES (Sweet32), MD5 and export ciphers are broken, NULL does not encrypt and aNULL does not say who answers; a client in between can make both ends choose them"),
		Help:     diag.T("leave them out; Mozilla's intermediate list is %s", intermediate),
	}
	d.Fix = fix(diag.T("leave the broken ciphers out"), replace(n, 1, text))
	p.Report(d)
}

// checkIntermediate compares a list with that of the profile.
func checkIntermediate(p *lint.Pass, n *site.Node) {
	if same(ciphers(n.Arg(0)), ciphers(intermediate)) {
		return
	}
	p.Report(diag.Diagnostic{
		Location: n.Location(1),
		Message:  diag.T("ssl_ciphers is not the list of %s", p.Profile),
		Why:      diag.T("the guideline has ciphers with forward secrecy and authentication of the data alone"),
		Help:     diag.T("write `ssl_ciphers %s;`", intermediate),
		Fix:      fix(diag.T("write the list of the guideline"), replace(n, 1, intermediate)),
	})
}

// checkPreference finds servers that choose the cipher themselves.
func checkPreference(p *lint.Pass, c *site.Config) {
	set, _ := tlsSettings(c, "ssl_prefer_server_ciphers")
	for _, n := range set {
		if n.Row == nil || n.Arg(0) != "on" {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.HeadLocation(),
			Message:  diag.T("%s lets the client choose the cipher", p.Profile),
			Why:      diag.T("every cipher of the list is strong, and a phone without AES in hardware is faster with ChaCha20"),
			Help:     diag.T("write `ssl_prefer_server_ciphers off;`"),
			Fix:      fix(diag.T("let the client choose"), replace(n, 1, "off")),
		})
	}
}
