package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// MissingInclude reports includes that cannot be followed.
var MissingInclude = &lint.Rule{
	ID:       "nginx-missing-include",
	Severity: diag.Error,
	Summary:  "an included file is missing, unreadable, or includes itself",
	Page:     page("nginx-missing-include"),
	Check:    checkMissingInclude,
}

// shipped are files that nginx's package puts beside nginx.conf. A
// configuration that is read away from its server lacks them without fault.
var shipped = map[string]bool{
	"mime.types": true, "uwsgi_params": true, "fastcgi_params": true, "scgi_params": true, "proxy_params": true,
	"fastcgi.conf": true, "koi-utf": true, "koi-win": true, "win-utf": true,
}

func checkMissingInclude(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, problem := range c.Tree.Problems {
			name := problem.Include.Arg(0)
			if shipped[name] || shipped[trimFolder(name)] {
				continue
			}
			d := diag.Diagnostic{
				Location: diag.Location{File: problem.File.File, Span: problem.Include.Head()},
				Message:  problem.Message,
			}
			switch problem.Errno {
			case "":
				d.Why = diag.T("what it holds is not checked here")
			case isDirectory:
				d.Why = diag.T("nginx does not start: pread() %q failed (%s)", name, problem.Errno)
				d.Help = diag.T("name the files in it: %s", strings.TrimSuffix(name, "/")+"/*.conf")
			case notFound:
				d.Help = diag.T("relative names are looked for in the folder of the main file; for a copied tree, name its top with --root")
				fallthrough
			default:
				d.Why = diag.T("nginx does not start: open() %q failed (%s)", name, problem.Errno)
			}
			p.Report(d)
		}
	}
}

// What nginx says of the includes that a sentence of their own helps to mend.
const (
	notFound    = "2: No such file or directory"
	isDirectory = "21: Is a directory"
)

// trimFolder returns the name below nginx's usual folder.
func trimFolder(name string) string {
	const folder = "/etc/nginx/"
	if len(name) > len(folder) && name[:len(folder)] == folder {
		return name[len(folder):]
	}
	return name
}
