package pairrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// MountPrefix finds an application mounted at a prefix that requests from
// nginx do not carry.
var MountPrefix = &lint.Rule{
	ID:       "pair-mount-prefix",
	Severity: diag.Warning,
	Summary:  "the prefix at which uWSGI mounts the application is not the one that nginx passes on",
	Page:     page("pair-mount-prefix"),
	Check:    checkMountPrefix,
}

func checkMountPrefix(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		checkManageScriptName(p, c)
	}
	for _, via := range p.Passes {
		for _, c := range configs(via) {
			mounts := c.All("mount")
			if len(mounts) == 0 {
				checkScriptNameParam(p, via, c)
				continue
			}
			checkPrefix(p, via, mounts)
		}
	}
}

// checkManageScriptName finds a mount whose prefix stays in PATH_INFO.
func checkManageScriptName(p *lint.Pass, c *uwsgi.Config) {
	if c.Bool("manage-script-name") {
		return
	}
	for _, m := range c.All("mount") {
		if prefix := mountPrefix(m); prefix != "" {
			p.Report(diag.Diagnostic{
				Location: m.ValueLocation(),
				Message:  diag.T("mount at %s without manage-script-name", prefix),
				Why:      diag.T("the application finds %s still in PATH_INFO and an empty SCRIPT_NAME: its routes answer 404", prefix),
				Help:     diag.T("add `manage-script-name = true`"),
			})
		}
	}
}

// checkPrefix compares what the location passes on with the mounts.
func checkPrefix(p *lint.Pass, via *pair.Pass, mounts []*uwsgi.Option) {
	modifier, uri := pattern(locationScope(via.Node.Scope))
	if uri == "" || modifier == "~" || modifier == "~*" || uri[0] != '/' {
		return
	}
	passed := uri
	if via.URI != "" {
		passed = via.URI // proxy_pass with a URI puts it in the prefix's place
	} else if rewritten(via) {
		return // what a rewrite makes of it is not known
	}
	for _, m := range mounts {
		prefix := mountPrefix(m)
		if m.Unresolved || prefix == "" || under(passed, prefix) || under(prefix, passed) {
			return
		}
	}
	d := diag.Diagnostic{
		Location: via.Node.HeadLocation(),
		Message:  diag.T("requests go on as %s, and uWSGI mounts the application at %s", passed, mountPrefix(mounts[0])),
		Why:      diag.T("no mount fits: the application that answers, if any, is the default one"),
		Help:     diag.T("use the same prefix in the location and in mount"),
		Related:  []diag.Related{{Location: mounts[0].ValueLocation(), Message: diag.T("the mount")}},
	}
	if via.URI != "" {
		d.Help = diag.T("leave out the URI part of proxy_pass, so that the prefix is passed on")
	}
	p.Report(d)
}

// checkScriptNameParam finds a SCRIPT_NAME that nginx sends and nothing takes
// off PATH_INFO.
func checkScriptNameParam(p *lint.Pass, via *pair.Pass, c *uwsgi.Config) {
	if via.Protocol != pair.UWSGI || c.Bool("manage-script-name") {
		return
	}
	pathInfo := false
	params := via.Node.Scope.Effective("uwsgi_param")
	for _, n := range params {
		if n.Arg(0) == "PATH_INFO" && n.Arg(1) != "$document_uri" && n.Arg(1) != "$uri" {
			pathInfo = true
		}
	}
	if pathInfo || rewritten(via) {
		return
	}
	for _, n := range params {
		if n.Arg(0) != "SCRIPT_NAME" || n.Arg(1) == "" || n.Arg(1) == "/" || strings.Contains(n.Arg(1), "$") {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.HeadLocation(),
			Message:  diag.T("SCRIPT_NAME %s alone does not shorten PATH_INFO", n.Arg(1)),
			Why:      diag.T("the application sees the prefix twice, in SCRIPT_NAME and at the start of PATH_INFO: its routes answer 404"),
			Help:     diag.T("remove the line, and write `mount = %s=MODULE:CALLABLE` with `manage-script-name = true` in %s", n.Arg(1), c.Main.Name),
		})
	}
}

// mountPrefix returns the URL prefix of a mount without the slash at its end;
// "" for the root, for a virtual host, or when it is not known.
func mountPrefix(m *uwsgi.Option) string {
	prefix, _, ok := strings.Cut(m.Value, "=")
	if !ok || m.Unresolved || !strings.HasPrefix(prefix, "/") {
		return ""
	}
	return strings.TrimRight(prefix, "/")
}

// under tells whether path is prefix or lies below it.
func under(path, prefix string) bool {
	prefix = strings.TrimRight(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// rewritten tells whether a rewrite stands between the server and the pass.
func rewritten(via *pair.Pass) bool {
	for s := via.Node.Scope; s != nil && s.Context != directive.HTTP; s = s.Parent {
		if len(s.Here("rewrite")) > 0 {
			return true
		}
	}
	return false
}
