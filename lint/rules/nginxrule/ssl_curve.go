package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/nearest"
	"github.com/deployctl/deployctl/lint"
)

// SSLCurve reports names of curves that OpenSSL does not know.
var SSLCurve = &lint.Rule{
	ID:       "nginx-ssl-curve",
	Severity: diag.Warning,
	Summary:  "the name of a curve that OpenSSL does not know",
	Page:     page("nginx-ssl-curve"),
	Check:    checkSSLCurve,
}

// curves are the groups that OpenSSL takes in SSL_CTX_set1_groups_list, from
// 1.1.1 on: `openssl list -tls-groups` of 3.5, and the older names that 3.0
// takes, tried with nginx.
var curves = strings.Fields(`
auto X25519 X448 P-192 P-224 P-256 P-384 P-521 prime192v1 prime256v1 secp160k1 secp160r1 secp160r2 secp192k1 secp192r1
secp224k1 secp224r1 secp256k1 secp256r1 secp384r1 secp521r1 sect163k1 sect163r1 sect163r2 sect193r1 sect193r2 sect233k1
sect233r1 sect239k1 sect283k1 sect283r1 sect409k1 sect409r1 sect571k1 sect571r1 K-163 K-233 K-283 K-409 K-571 B-163 B-233
B-283 B-409 B-571 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1 brainpoolP256r1tls13 brainpoolP384r1tls13
brainpoolP512r1tls13 ffdhe2048 ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192 GC256A GC256B GC256C GC256D GC512A GC512B GC512C
MLKEM512 MLKEM768 MLKEM1024 X25519MLKEM768 SecP256r1MLKEM768 SecP384r1MLKEM1024 curveSM2 DEFAULT
`)

func checkSSLCurve(p *lint.Pass) {
	known := map[string]bool{}
	for _, name := range curves {
		known[strings.ToLower(name)] = true
	}
	for _, c := range p.Nginx {
		for _, n := range c.Find("ssl_ecdh_curve") {
			value := n.Arg(0)
			if n.Row == nil || strings.Contains(value, "$") || template(value) {
				continue
			}
			for _, name := range strings.FieldsFunc(value, func(r rune) bool { return r == ':' || r == '/' }) {
				optional := strings.HasPrefix(name, "?")
				name = strings.TrimLeft(name, "?*-")
				switch {
				case optional || name == "":
				case !known[strings.ToLower(name)]:
					d := diag.Diagnostic{
						Location: n.Location(1),
						Message:  diag.T("OpenSSL knows no curve %q", name),
						Why:      diag.T("nginx does not start: SSL_CTX_set1_curves_list(%q) failed", value),
					}
					if near := nearest.Name(name, curves); near != "" {
						d.Help = diag.T("the nearest name is %s", near)
					}
					p.Report(d)
				case strings.Contains(name, "MLKEM"):
					checkMLKEM(p, diag.Diagnostic{Location: n.Location(1)}, name, value)
				}
			}
		}
	}
}

// checkMLKEM speaks of groups that OpenSSL has since 3.5: distributions that
// carry an nginx older than 1.26 carry an older OpenSSL, too.
func checkMLKEM(p *lint.Pass, d diag.Diagnostic, name, value string) {
	if saidAtLeast(p, "1.26.0") {
		return
	}
	d.Message = diag.T("the curve %s needs OpenSSL 3.5", name)
	d.Why = diag.T("nginx does not start with an older one: SSL_CTX_set1_curves_list(%q) failed", value)
	d.Help = diag.T("look at `nginx -V`, which names the OpenSSL it was built with")
	if !saidOlder(p, "1.26.0") {
		d.Severity = diag.Info
	}
	p.Report(d)
}
