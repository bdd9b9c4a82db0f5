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
var systemFolders = map[string]string{
	"/": "every file of the machine", "/etc": "accounts, keys and configurations", "/etc/nginx": "nginx's own configuration",
	"/etc/ssl": "certificates and keys", "/etc/ssl/private": "private keys", "/etc/letsencrypt": "certificates and keys",
	"/root": "root's own files", "/proc": "the environment of every process", "/sys": "the kernel's settings", "/dev": "devices",
	"/boot": "the kernel", "/run": "sockets and process ids", "/var": "logs, databases and mail", "/var/lib": "databases",
	"/var/log": "logs", "/var/run": "sockets and process ids", "/var/spool": "mail and cron jobs", "/home": "everybody's files",
	"/usr": "every program", "/usr/local": "every program", "/bin": "every program", "/sbin": "every program", "/lib": "every library", "/opt": "every program",
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
			for l := range within(s) {
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
