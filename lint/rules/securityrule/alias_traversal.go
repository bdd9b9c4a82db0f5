package securityrule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// AliasTraversal reports prefix locations whose alias lets a request climb out
// of the folder, or into one whose name starts alike.
var AliasTraversal = &lint.Rule{
	ID:       "nginx-alias-traversal",
	Severity: diag.Error,
	Summary:  "a location without its final slash has an alias: /x../ leads out of the folder",
	Fixable:  true,
	Page:     page("nginx-alias-traversal"),
	Check:    checkAliasTraversal,
}

func checkAliasTraversal(p *lint.Pass) {
	for _, c := range p.Nginx {
		for l := range c.Locations() {
			if l.Kind == site.Regex || l.Kind == site.RegexNoCase {
				checkRegexAlias(p, l)
				continue
			}
			if l.Kind != site.Prefix && l.Kind != site.PrefixNoRegex || strings.HasSuffix(l.Pattern, "/") || !known(l.Pattern) {
				continue
			}
			for _, alias := range l.Here("alias") {
				checkAlias(p, l, alias)
			}
		}
	}
}

func checkAlias(p *lint.Pass, l *site.Location, alias *site.Node) {
	dir := alias.Arg(0)
	if hands(l.Scope) || denied(l.Scope) {
		return
	}
	if strings.HasSuffix(dir, "/") {
		up, finder := l.Pattern+"../", l.Server.Finder()
		if finder.Find(up+"x").Location != l {
			return // another location takes such requests
		}
		d := diag.Diagnostic{
			Location: l.Opener.Location(len(l.Opener.Args)),
			Message:  diag.T("location %q has no slash at its end, and its alias %q has one", l.Pattern, dir),
			Why:      diag.T("a request for %s leads to %s: every file beside the folder answers 200", up+"settings.py", dir+"../settings.py"),
			Help:     diag.T("write `location %s/`", l.Pattern),
			Related:  []diag.Related{{Location: alias.HeadLocation(), Message: diag.T("the alias")}},
		}
		if finder.Find(l.Pattern+"/").Location == l { // no other location of that name
			d.Fix = fix(diag.T("add the slash to the location"), replace(l.Opener, len(l.Opener.Args), word0(l)+"/"))
		}
		p.Report(d)
		return
	}
	if base := path.Base(l.Pattern); strings.Contains(base, ".") || !known(dir) || path.Base(dir) == "." || strings.Contains(path.Base(dir), ".") {
		return // one file, such as /favicon.ico
	}
	p.Report(diag.Diagnostic{
		Severity: diag.Info,
		Location: l.Opener.Location(len(l.Opener.Args)),
		Message:  diag.T("location %q with alias %q also serves the folders whose names start alike", l.Pattern, dir),
		Why:      diag.T("a request for %s leads to %s", l.Pattern+"-old/x", dir+"-old/x"),
		Help:     diag.T("write `location %s/` and `alias %s/;`", l.Pattern, dir),
		Related:  []diag.Related{{Location: alias.HeadLocation(), Message: diag.T("the alias")}},
	})
}

// word0 returns the last argument of a location as written: the pattern, with
// the modifier where that is glued to it.
func word0(l *site.Location) string { return l.Opener.Args[len(l.Opener.Args)-1].Value }
