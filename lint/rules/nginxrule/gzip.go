package nginxrule

import (
	"regexp"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// Gzip reports compression that is missing, doubled, or that leaks secrets.
var Gzip = &lint.Rule{
	ID:       "nginx-gzip",
	Severity: diag.Info,
	Summary:  "compression off, gzip_types with text/html, or secrets compressed over TLS",
	Page:     page("nginx-gzip"),
	Check:    checkGzip,
}

func checkGzip(p *lint.Pass) {
	for _, c := range p.Nginx {
		checkUncompressed(p, c)
		for _, name := range []string{"gzip_types", "sub_filter_types", "charset_types", "ssi_types"} {
			checkTypes(p, c, name)
		}
		checkSecrets(p, c)
	}
}

// checkUncompressed finds a whole configuration that serves files and compresses
// nothing. An application may compress for itself.
func checkUncompressed(p *lint.Pass, c *site.Config) {
	if !wholeConfig(c) || len(c.Servers) == 0 {
		return
	}
	for _, name := range []string{"gzip", "brotli", "zstd", "gzip_static", "brotli_static"} {
		for _, n := range c.Find(name) {
			if n.Arg(0) != "off" || name == "gzip" {
				return // or somebody switched it off on purpose
			}
		}
	}
	serves := false
	for l := range c.Locations() {
		if len(l.Effective("root"))+len(l.Here("alias")) > 0 && servesFiles(l) && !strings.Contains(l.Pattern, "/.well-known/") {
			serves = true
			break
		}
	}
	if !serves || c.HTTP.Opener == nil {
		return
	}
	p.Report(diag.Diagnostic{
		Location: c.HTTP.Opener.Location(0),
		Message:  diag.T("nothing is compressed: gzip is off by default"),
		Why:      diag.T("HTML, CSS, JavaScript and JSON are sent three to five times as large as they have to be"),
		Help:     diag.T("add `gzip on;` and `gzip_types text/css application/javascript application/json image/svg+xml;`"),
	})
}

// checkTypes finds text/html in a list that always holds it.
func checkTypes(p *lint.Pass, c *site.Config, name string) {
	for _, n := range c.Find(name) {
		for i, a := range n.Args {
			if a.Value != "text/html" || n.Row == nil {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.Location(i + 1),
				Message:  diag.T("%s always holds text/html", name),
				Why:      diag.T("nginx starts with the warning: duplicate MIME type \"text/html\""),
				Help:     diag.T("leave it out"),
			})
		}
	}
}

// secret matches the names of locations whose answers hold what nobody else may
// learn, and usually something that the client sent.
var secret = regexp.MustCompile(`(?i)(^|[^a-z])(login|signin|sign-in|auth|oauth2?|tokens?|password|account|accounts|sessions?|csrf)([^a-z]|$)`)

// checkSecrets finds answers with secrets that are compressed over TLS: their
// length tells what they hold (BREACH, CVE-2013-3587).
func checkSecrets(p *lint.Pass, c *site.Config) {
	for l := range c.Locations() {
		if l.Opener == nil || l.Server == nil || l.Server.Context != directive.Server || passHere(l.Scope) == nil || !secret.MatchString(l.Pattern) {
			continue
		}
		gzip := l.Effective("gzip")
		if len(gzip) == 0 || gzip[0].Arg(0) != "on" || !speaksTLS(l.Server) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: l.Opener.HeadLocation(),
			Message:  diag.T("answers of location %s are compressed over TLS", shownLocation(l)),
			Why:      diag.T("where an answer holds a secret beside text of the client, its length gives the secret away byte by byte (BREACH)"),
			Help:     diag.T("add `gzip off;` to the location, unless the application masks its tokens as Django does"),
			Related:  []diag.Related{{Location: gzip[0].HeadLocation(), Message: diag.T("compressed here")}},
		})
	}
}

// speaksTLS tells whether a server listens with TLS.
func speaksTLS(s *site.Server) bool {
	for _, l := range s.Listens {
		if l.SSL || l.QUIC {
			return true
		}
	}
	return false
}
