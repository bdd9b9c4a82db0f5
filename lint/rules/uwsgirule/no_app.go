package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// NoApp finds configurations that take requests and have nothing to answer with.
var NoApp = &lint.Rule{
	ID:       "uwsgi-no-app",
	Severity: diag.Error,
	Summary:  "a configuration that takes requests and loads no application",
	Page:     page("uwsgi-no-app"),
	Check:    checkNoApp,
}

func checkNoApp(p *lint.Pass) {
	if pieces(p) || dynamic(p) {
		return
	}
	applications(p, func(a *application) {
		if loads(a.Config) || !a.lacks("module") || !a.lacks("wsgi-file") || !a.lacks("mount") || answers(a.Config) {
			return
		}
		bind := requests(p, a.Config)
		if bind == nil {
			return
		}
		p.Report(diag.Diagnostic{
			Location: headerLocation(a.Config),
			Message:  diag.T("%s takes requests, and no application is loaded: neither module, wsgi-file nor mount is set", bind.Option.Key),
			Why:      diag.T("uWSGI starts with *** no app loaded. going in full dynamic mode ***; every request ends with 500 (502 without a Python plugin), and it logs --- no python application found, check your startup logs for errors ---"),
			Help:     diag.T("write `module = PACKAGE.MODULE:CALLABLE`, such as shop.wsgi:application"),
			Related:  []diag.Related{{Location: bind.Option.KeyLocation(), Message: diag.T("requests come in here")}},
		})
	})
}

// requests returns a listener that takes requests for the application, or nil.
func requests(p *lint.Pass, c *uwsgi.Config) *pair.Bind {
	for _, b := range p.BindsOf(c) {
		if b.ForNginx || b.Option.Key == "http" || b.Option.Key == "https" {
			return b
		}
	}
	return nil
}

// pieces tells whether one of the files names an application and no listener,
// so that several may be given to one uWSGI.
func pieces(p *lint.Pass) bool {
	for _, c := range p.Uwsgi {
		if loads(c) && len(p.BindsOf(c)) == 0 {
			return true
		}
	}
	return false
}

// dynamic tells whether nginx names the application in its parameters.
func dynamic(p *lint.Pass) bool {
	for _, c := range p.Nginx {
		for _, n := range c.Find("uwsgi_param") {
			switch n.Arg(0) {
			case "UWSGI_SCRIPT", "UWSGI_MODULE", "UWSGI_FILE", "UWSGI_APPID", "UWSGI_HOME", "UWSGI_CALLABLE", "UWSGI_PASTE":
				return true
			}
		}
		for _, n := range c.Find("uwsgi_modifier1") {
			if n.Arg(0) != "0" {
				return true
			}
		}
	}
	return false
}

// answers tells whether something besides a Python application answers, or may.
func answers(c *uwsgi.Config) bool {
	for _, o := range c.Options {
		if o.Info == nil {
			continue // uwsgi-unknown-option speaks of it
		}
		switch o.Info.Plugin {
		case "core", "python", "http", "corerouter":
		default:
			return true
		}
		switch name := o.Info.Name; {
		case strings.HasPrefix(name, "route"), strings.HasPrefix(name, "static"), strings.HasPrefix(name, "check-static"),
			strings.HasPrefix(name, "http-to"), strings.HasPrefix(name, "http-subscription"), strings.HasPrefix(name, "import"),
			strings.HasPrefix(name, "zerg"), strings.HasPrefix(name, "attach"), strings.HasPrefix(name, "smart-attach"),
			strings.HasPrefix(name, "lazy-mount"), strings.HasPrefix(name, "http-use"):
			return true
		case strings.HasSuffix(name, "modifier1"), strings.HasSuffix(name, "modifier"), strings.Contains(name, "pattern"):
			return true
		}
		switch o.Info.Name {
		case "shared-import", "shared-pyimport", "pyimport", "pyrun", "vhost", "declare-option", "modifier", "exec", "binsh", "worker-exec", "worker-exec2",
			"command-mode", "no-server", "no-workers", "app", "symcall", "ssi", "ping", "loop", "pyshell", "autoload", "dlopen", "docroot", "symimport":
			return true
		case "plugin", "plugins", "need-plugin", "need-plugins":
			if !onlyPython(o.Value) {
				return true
			}
		}
	}
	return false
}

// onlyPython tells whether a value of plugin names nothing that answers
// requests but Python.
func onlyPython(value string) bool {
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if !strings.HasPrefix(name, "python") && name != "http" && name != "corerouter" && !strings.HasPrefix(name, "log") {
			return false
		}
	}
	return true
}
