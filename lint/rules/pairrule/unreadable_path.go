package pairrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi"
)

// UnreadablePath finds files below a home directory that the account that has
// to read them cannot reach.
var UnreadablePath = &lint.Rule{
	ID:       "pair-unreadable-path",
	Severity: diag.Warning,
	Summary:  "files are served from below a home directory that nginx or uWSGI cannot enter",
	Page:     page("pair-unreadable-path"),
	Check:    checkUnreadablePath,
}

func checkUnreadablePath(p *lint.Pass) {
	for _, c := range p.Nginx {
		user := nginxUser(c)
		for _, name := range []string{"root", "alias"} {
			for _, n := range c.Find(name) {
				reportHome(p, n.Location(1), n.Arg(0), user, "nginx")
			}
		}
	}
	for _, c := range p.Uwsgi {
		uid := c.Get("uid")
		if uid == nil || uid.Unresolved {
			continue // root reads everything
		}
		for _, name := range []string{"wsgi-file", "pythonpath", "static-map", "env-file", "touch-reload"} {
			for _, o := range c.All(name) {
				reportHome(p, o.ValueLocation(), filePart(o), uid.Value, "uWSGI")
			}
		}
	}
}

// filePart returns the path in an option's value: what follows the = of a
// static-map.
func filePart(o *uwsgi.Option) string {
	if _, dir, ok := strings.Cut(o.Value, "="); ok {
		return dir
	}
	return o.Value
}

// reportHome reports a path below a home directory that user does not own.
// An empty user means that it is not known.
func reportHome(p *lint.Pass, at diag.Location, path, user, program string) {
	home, owner := homeOf(path)
	if home == "" || user == "root" || user == "0" || user == owner {
		return
	}
	who := diag.T("%s runs under another account", program)
	if user != "" {
		who = diag.T("%s runs as %s", program, user)
	}
	p.Report(diag.Diagnostic{
		Location: at,
		Message:  diag.T("%q lies below %s, which other accounts cannot enter", path, home),
		Why:      diag.T("%s: the files answer 403 or 404, and the error log says (13: Permission denied). Home directories have mode 0700 or 0750 on Debian 12, Ubuntu 21.04, RHEL and later", who),
		Help:     diag.T("put the files under /srv or /var/www"),
	})
}

// homeOf returns the home directory that a path lies in and its owner.
func homeOf(path string) (home, owner string) {
	if path == "/root" || strings.HasPrefix(path, "/root/") {
		return "/root", "root"
	}
	if rest, ok := strings.CutPrefix(path, "/home/"); ok {
		owner, _, _ = strings.Cut(rest, "/")
		if owner != "" && !strings.ContainsAny(owner, "${") {
			return "/home/" + owner, owner
		}
	}
	return "", ""
}

// nginxUser returns the account of nginx's workers, or "" when it is not written.
func nginxUser(c *site.Config) string {
	if c.Root.Context != directive.Main {
		return ""
	}
	for _, n := range c.Root.Here("user") {
		return n.Arg(0)
	}
	return ""
}
