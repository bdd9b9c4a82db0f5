package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// StatusExposed reports status pages that everybody may read.
var StatusExposed = &lint.Rule{
	ID:       "nginx-status-exposed",
	Severity: diag.Warning,
	Summary:  "a status page without rules of access",
	Fixable:  true,
	Page:     page("nginx-status-exposed"),
	Check:    checkStatusExposed,
}

// statusHandlers answer with what nginx knows of itself.
var statusHandlers = []string{"stub_status", "api", "status", "vhost_traffic_status_display", "check_status", "upstream_conf", "rtmp_stat"}

// statusPaths are where applications behind nginx show theirs.
var statusPaths = []string{"/server-status", "/server-info", "/nginx_status", "/nginx-status", "/fpm-status", "/php-fpm-status"}

func checkStatusExposed(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			if s.Opener != nil && !public(s) {
				continue
			}
			checkStatus(p, s, s.Scope, "/")
			for l := range s.All() {
				checkStatus(p, s, l.Scope, l.Pattern)
			}
		}
	}
}

// checkStatus looks at the scope of a location, or at the server's own, which
// answers where no location does.
func checkStatus(p *lint.Pass, s *site.Server, scope *site.Scope, pattern string) {
	var at *site.Node
	for _, name := range statusHandlers {
		if found := scope.Here(name); at == nil && len(found) > 0 && found[0].Row != nil {
			at = found[0]
		}
	}
	if at == nil && scope != s.Scope {
		for _, path := range statusPaths {
			if strings.TrimRight(pattern, "/") == path && hands(scope) {
				at = scope.Opener
			}
		}
	}
	if at == nil || restricted(scope) || open(scope) || s.Opener == nil {
		return // where the server is not here, it may have rules
	}
	d := diag.Diagnostic{
		Location: at.HeadLocation(),
		Message:  diag.T("the status at %s is shown to everybody", pattern),
		Why:      diag.T("it tells how busy the machine is and, depending on the module, which addresses and requests it serves; GET %s answers 200", pattern),
		Help:     diag.T("write `allow 127.0.0.1; allow ::1; deny all;` in the location"),
	}
	if scope.AccessLines() == nil && at.Scope == scope {
		d.Fix = fix(diag.T("allow this machine alone"), at.After("allow 127.0.0.1;", "allow ::1;", "deny all;"))
	}
	p.Report(d)
}
