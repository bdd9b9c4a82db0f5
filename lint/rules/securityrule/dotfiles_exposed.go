package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// DotfilesExposed reports servers that serve files and refuse no hidden ones.
var DotfilesExposed = &lint.Rule{
	ID:       "nginx-dotfiles-exposed",
	Severity: diag.Warning,
	Summary:  "files are served, and nothing refuses /.git and /.env",
	Fixable:  true,
	Page:     page("nginx-dotfiles-exposed"),
	Check:    checkDotfilesExposed,
}

// hidden are the files that scanners ask every server for.
var hidden = []string{"/.git/config", "/.env"}

func checkDotfilesExposed(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			if s.Opener == nil || len(c.Tree.Problems) > 0 && len(s.Here("include")) > 0 || !public(s) {
				continue
			}
			finder := s.Finder()
			for _, uri := range hidden {
				if checkDotfile(p, c, s, uri, finder.Find(uri)) {
					break
				}
			}
		}
	}
}

// checkDotfile reports when a server answers a request for a hidden file with
// the file.
func checkDotfile(p *lint.Pass, c *site.Config, s *site.Server, uri string, r site.Result) bool {
	if len(s.Here("return")) > 0 {
		return false
	}
	scope := scopeOf(r)
	root := last(scope, "root")
	if l := r.Location; l != nil {
		if alias := last(scope, "alias"); alias != nil {
			root = alias
		}
		if open(scope) && c.Tree.Problems != nil {
			return false
		}
	}
	if root == nil || !servesFiles(scope) || restricted(scope) || rewrites(s.Scope) || rewrites(scope) {
		return false
	}
	d := diag.Diagnostic{
		Location: root.HeadLocation(),
		Message:  diag.T("a request for %s is answered with the file", uri),
		Why:      diag.T("scanners ask every server for it: a .git folder gives the whole source away, .env the passwords; both answer 200 as soon as they lie below %s", root.Arg(0)),
		Help:     diag.T("write `location ~ /\\.(?!well-known/) { return 404; }` in the server"),
	}
	if placeholder(s) {
		d.Severity = diag.Info
	}
	if at := s.Here("location"); len(at) > 0 && at[0].File == s.Opener.File && (r.Location == nil || r.Location.Kind == site.Prefix && r.Location.Outer == nil || r.Location.Kind == site.Regex || r.Location.Kind == site.RegexNoCase) {
		d.Fix = fix(diag.T("refuse hidden files"), at[0].Before("location ~ /\\.(?!well-known/) {", "    return 404;", "}", ""))
	}
	p.Report(d)
	return true
}

// rewrites tells whether a condition or a rewrite may refuse the request
// before a file is looked for.
func rewrites(s *site.Scope) bool {
	for _, n := range s.Here("if") {
		if strings.Contains(strings.Join(words(n), " "), `\.`) {
			return true
		}
	}
	for _, n := range s.Here("rewrite") {
		if n.Scope.Context&(directive.Server|directive.Location) != 0 && strings.Contains(n.Arg(0), `/\.`) {
			return true
		}
	}
	return false
}
