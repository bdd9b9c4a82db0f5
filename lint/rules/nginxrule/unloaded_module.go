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
	if p.Target.Modules.Said() {
		checkLacking(p, c)
		return
	}
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

// checkLacking finds directives of modules that the target's nginx does not
// have, where somebody said which it has.
func checkLacking(p *lint.Pass, c *site.Config) {
	has := p.Target.Modules
	foreign := false // a module is loaded that may be any
	for _, n := range c.Find("load_module") {
		foreign = !has.Load(n.Arg(0)) || foreign
	}
	for n := range c.All() {
		name := n.Name.Value
		if template(name) || n.Scope.Context == directive.Entries {
			continue
		}
		module := ""
		switch {
		case n.Row != nil:
			module = n.Row.Module
		case !foreign && identifier(name):
			module, _ = directive.ThirdParty(name)
		}
		if !has.Lacks(module) || surrounded(n, has) {
			continue
		}
		d := diag.Diagnostic{
			Location: n.Location(0),
			Message:  diag.T("%q needs the module %s, which the target's nginx does not have", name, module),
			Why:      diag.T("nginx does not start: unknown directive %q", name),
			Help:     diag.T("install the module %s, and name it among the target's modules", module),
		}
		if pkg, ok := directive.PackageOf(module); ok {
			d.Help = diag.T("install the module (Debian's package: %s) and name it among the target's modules", pkg.Name)
		} else if option := directive.BuildOption(module); option != "" {
			d.Help = diag.T("take an nginx that was built with %s, and name it among the target's modules", option)
		}
		p.Report(d)
	}
}

// surrounded tells whether a directive stands in a block that is reported.
func surrounded(n *site.Node, has directive.Modules) bool {
	for s := n.Scope; s != nil && s.Opener != nil; s = s.Parent {
		if o := s.Opener; o.Row != nil && has.Lacks(o.Row.Module) {
			return true
		}
	}
	return false
}
