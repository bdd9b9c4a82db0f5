package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// AdminExposed reports places for administrators that everybody reaches.
var AdminExposed = &lint.Rule{
	ID:       "nginx-admin-exposed",
	Severity: diag.Info,
	Summary:  "a place for administrators or for debugging has no rule of access on a public server",
	Page:     page("nginx-admin-exposed"),
	Check:    checkAdminExposed,
}

// adminPaths are tools and pages for those who run a site. The value tells
// whether an application asks for a login there by itself.
var adminPaths = map[string]bool{
	"admin": true, "administrator": true, "wp-admin": true, "manager": true, "dashboard": true, "backend": true,
	"phpmyadmin": true, "pma": true, "adminer": true, "pgadmin": true, "pgadmin4": true, "flower": false, "rq": false, "django-rq": true,
	"__debug__": false, "debug": false, "silk": false, "console": false, "_profiler": false, "actuator": false, "phpinfo.php": false, "info.php": false, "adminer.php": true,
}

func checkAdminExposed(p *lint.Pass) {
	ours := map[*site.Node]bool{} // passes to an application of the pair
	for _, via := range p.Passes {
		for _, t := range via.Targets {
			if p.Beside(t) {
				ours[via.Node] = true
			}
		}
	}
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			if s.Opener == nil || !public(s) {
				continue
			}
			for l := range s.All() {
				checkAdmin(p, l, ours)
			}
		}
	}
}

func checkAdmin(p *lint.Pass, l *site.Location, ours map[*site.Node]bool) {
	if l.Kind == site.Named || l.Kind == site.Regex || l.Kind == site.RegexNoCase || !known(l.Pattern) {
		return
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(l.Pattern, "/"), "/")
	login, ok := adminPaths[strings.ToLower(first)]
	if !ok || restricted(l.Scope) || len(l.Scope.Effective("limit_req")) > 0 || open(l.Scope) || len(l.Here("return")) > 0 {
		return
	}
	if login {
		for _, name := range passNames {
			for _, n := range l.Here(name) {
				if ours[n] {
					return // the application beside asks who it is
				}
			}
		}
		if !hands(l.Scope) {
			return // files: scripts and pictures of the tool
		}
	}
	p.Report(diag.Diagnostic{
		Location: l.Opener.HeadLocation(),
		Message:  diag.T("%s is open to everybody", l.Pattern),
		Why:      diag.T("scanners try passwords and known faults at such a place all day; nothing of nginx keeps them out"),
		Help:     diag.T("let in the addresses that need it (`allow 192.0.2.0/24; deny all;`), ask for a password with auth_basic, or slow guesses down with limit_req"),
	})
}
