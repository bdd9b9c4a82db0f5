package liverule

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// Certificate reports certificates that do not hold, or not for long.
var Certificate = &lint.Rule{
	ID:       "live-certificate",
	Severity: diag.Error,
	Summary:  "a certificate on this machine does not hold now, ends soon, or is not that of the server's names or key",
	Page:     page("live-certificate"),
	Check:    checkCertificate,
}

// soon is how long before its end a certificate is spoken of: Let's Encrypt's
// clients renew thirty days before.
const soon = 14 * 24 * time.Hour

func checkCertificate(p *lint.Pass) {
	if p.Machine == nil {
		return
	}
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			certificates, keys := s.Effective("ssl_certificate"), s.Effective("ssl_certificate_key")
			for i, n := range certificates {
				if i < len(keys) && constant(n.Arg(0)) {
					look(p, s, n, keys[i])
				}
			}
		}
	}
}

func look(p *lint.Pass, s *site.Server, n, key *site.Node) {
	keyPath := key.Arg(0)
	if !constant(keyPath) {
		keyPath = ""
	}
	c, err := p.Machine.Certificate(n.Arg(0), keyPath)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return // nginx-missing-file speaks of it, or it cannot be known
	case err != nil:
		p.Report(diag.Diagnostic{
			Location: n.Location(1), Message: diag.T("the certificate cannot be read"),
			Why: diag.T("nginx does not start: cannot load certificate %q", n.Arg(0)),
		})
		return
	}
	if c.WrongKey {
		p.Report(diag.Diagnostic{
			Location: key.Location(1), Message: diag.T("the key does not belong to the certificate"),
			Why:     diag.T("nginx does not start: SSL_CTX_use_PrivateKey(%q) failed (key values mismatch)", key.Arg(0)),
			Related: []diag.Related{{Location: n.Location(1), Message: diag.T("the certificate")}},
		})
	}
	dates(p, n, c)
	names(p, s, n, c)
}

// day writes a date.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func dates(p *lint.Pass, n *site.Node, c machine.Certificate) {
	now := time.Now()
	d := diag.Diagnostic{Location: n.Location(1), Why: diag.T("browsers refuse to open the site")}
	switch {
	case now.After(c.To):
		d.Message, d.Help = diag.T("the certificate ended on %s", day(c.To)), diag.T("renew it, and reload nginx")
	case now.Before(c.From):
		d.Message = diag.T("the certificate holds only from %s on", day(c.From))
	case c.To.Sub(now) < soon && c.To.Sub(c.From) > 2*soon:
		d.Severity = diag.Warning
		d.Message, d.Why = diag.T("the certificate ends on %s", day(c.To)), diag.T("then browsers refuse to open the site")
		d.Help = diag.T("see why it is not renewed: `systemctl list-timers`, `certbot renew --dry-run`")
	default:
		return
	}
	p.Report(d)
}

// names compares the server's names with those of the certificate.
func names(p *lint.Pass, s *site.Server, n *site.Node, c machine.Certificate) {
	for _, name := range s.Names {
		if name.Kind != site.ExactName || !strings.Contains(name.Value, ".") || covered(name.Value, c.Names) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.Location(1), Severity: diag.Warning,
			Message: diag.T("the certificate is not for %s", name.Value),
			Why:     diag.T("browsers refuse to open the site under this name: it is for %s", strings.Join(c.Names, ", ")),
			Related: []diag.Related{{Location: name.Node.Location(name.Word + 1), Message: diag.T("the name")}},
		})
		return
	}
}

// covered tells whether a certificate's names hold for a host: a star stands
// for one label.
func covered(host string, names []string) bool {
	_, domain, _ := strings.Cut(host, ".")
	for _, n := range names {
		if strings.EqualFold(n, host) {
			return true
		}
		if rest, ok := strings.CutPrefix(n, "*."); ok && strings.EqualFold(rest, domain) {
			return true
		}
	}
	return false
}
