package securityrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// VersionDisclosure reports servers that tell everybody nginx's version.
var VersionDisclosure = &lint.Rule{
	ID:       "nginx-version-disclosure",
	Severity: diag.Info,
	Summary:  "nginx's version stands in every answer",
	Fixable:  true,
	Page:     page("nginx-version-disclosure"),
	Check:    checkVersionDisclosure,
}

func checkVersionDisclosure(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("server_tokens") {
			if n.Row != nil && (n.Arg(0) == "on" || n.Arg(0) == "build") {
				p.Report(diag.Diagnostic{
					Location: n.HeadLocation(),
					Message:  diag.T("server_tokens %s shows nginx's version", n.Arg(0)),
					Why:      diag.T("the Server header and every error page of nginx name the release, which scanners look for"),
					Help:     diag.T("write `server_tokens off;`"),
					Fix:      fix(diag.T("hide the version"), replace(n, 1, "off")),
				})
			}
		}
		if !whole(c) || len(c.Servers) == 0 || c.HTTP.Opener == nil || !tells(c) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: c.HTTP.Opener.Location(0),
			Message:  diag.T("server_tokens is not set: nginx shows its version"),
			Why:      diag.T("the Server header and every error page of nginx name the release, which scanners look for"),
			Help:     diag.T("write `server_tokens off;` in the http block"),
			Fix:      fix(diag.T("hide the version"), c.HTTP.Opener.Top("server_tokens off;")),
		})
	}
}

// tells tells whether some server says nothing of server_tokens.
func tells(c *site.Config) bool {
	for _, s := range c.Servers {
		if len(s.Effective("server_tokens")) == 0 {
			return true
		}
	}
	return false
}
