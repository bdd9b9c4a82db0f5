package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// FilesystemExposed reports locations that serve the machine's own folders.
var FilesystemExposed = &lint.Rule{
	ID:       "nginx-filesystem-exposed",
	Severity: diag.Error,
	Summary:  "root or alias is / or a folder of the system, such as /etc",
	Page:     page("nginx-filesystem-exposed"),
	Check:    checkFilesystemExposed,
}

// systemFolders hold what no client may read; the Filesystem Hierarchy
// Standard says what is in them.
var systemFolders = map[string]diag.Text{
	"/": diag.T("every file of the machine"), "/etc": diag.T("accounts, keys and configurations"), "/etc/nginx": diag.T("nginx's own configuration"),
	"/etc/ssl": diag.T("certificates and keys"), "/etc/ssl/private": diag.T("private keys"), "/etc/letsencrypt": diag.T("certificates and keys"),
	"/root": diag.T("root's own files"), "/proc": diag.T("the environment of every process"), "/sys": diag.T("the kernel's settings"), "/dev": diag.T("devices"),
	"/boot": diag.T("the kernel"), "/run": diag.T("sockets and process ids"), "/var": diag.T("logs, databases and mail"), "/var/lib": diag.T("databases"),
	"/var/log": diag.T("logs"), "/var/run": diag.T("sockets and process ids"), "/var/spool": diag.T("mail and cron jobs"), "/home": diag.T("everybody's files"),
	"/usr": diag.T("every program"), "/usr/local": diag.T("every program"), "/bin": diag.T("every program"), "/sbin": diag.T("every program"), "/lib": diag.T("every library"), "/opt": diag.T("every program"),
}

func checkFilesystemExposed(p *lint.Pass) {
	for _, c := range p.Nginx {
		seen := map[*site.Node]bool{}
		report := func(dir string, at *site.Node, uri string) {
			what, ok := systemFolders[dir]
			if !ok || seen[at] {
				return
			}
			seen[at] = true
			p.Report(diag.Diagnostic{
				Location: at.Location(1),
				Message:  diag.T("requests for %s... are served from %s", uri, dir),
				Why:      diag.T("clients read %s with a plain GET", what),
				Help:     diag.T("name a folder that holds nothing but what everybody may read"),
			})
		}
		for _, s := range c.Servers {
			for l := range s.All() {
				if l.Kind == site.Exact || l.Kind == site.Named || !servesFiles(l.Scope) || restricted(l.Scope) {
					continue
				}
				dir, at, ok := folder(l)
				if !ok {
					continue
				}
				if l.Kind == site.Regex || l.Kind == site.RegexNoCase {
					if !strings.HasPrefix(l.Pattern, "^/") {
						report(dir, at, "/")
					}
					continue
				}
				report(dir, at, l.Pattern)
			}
			if s.Opener != nil && len(s.Effective("root")) > 0 && servesFiles(s.Scope) && s.Finder().Find("/x").Location == nil && !restricted(s.Scope) {
				if n := last(s.Scope, "root"); n != nil {
					report(n.Arg(0), n, "/")
				}
			}
		}
	}
}
