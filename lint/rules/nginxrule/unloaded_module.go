package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// checkUnloaded finds directives of modules that Debian and Ubuntu build as
// packages of their own, in a whole configuration that does not load them.
func checkUnloaded(p *lint.Pass, c *site.Config) {
	if p.Target.OS != "debian" && p.Target.OS != "ubuntu" || c.Root.Context != directive.Main || len(c.Tree.Problems) > 0 || len(c.Root.Here("include")) > 0 {
		return
	}
	var loaded strings.Builder
	for _, n := range c.Find("load_module") {
		loaded.WriteString(n.Arg(0))
		loaded.WriteByte('\n')
	}
	for n := range c.All() {
		if n.Row == nil || n.Scope.Context&(directive.Stream|directive.StreamServer|directive.StreamUpstream|directive.Mail|directive.MailServer) != 0 {
			continue // their block is reported
		}
		pkg, ok := n.Row.DebianPackage()
		if !ok || strings.Contains(loaded.String(), pkg.File) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.Location(0),
			Message:  diag.T("%q needs the module %s, which is not loaded", n.Name.Value, pkg.File),
			Why:      diag.T("nginx does not start: unknown directive %q", n.Name.Value),
			Help:     diag.T("install %s and add `load_module modules/%s;` at the top", pkg.Name, pkg.File),
		})
	}
}
