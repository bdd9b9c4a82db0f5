package uwsgirule

import (
	"path"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// RunsAsRoot finds applications that keep the rights of root.
var RunsAsRoot = &lint.Rule{
	ID:       "uwsgi-runs-as-root",
	Severity: diag.Warning,
	Summary:  "the application runs as root",
	Page:     page("uwsgi-runs-as-root"),
	Check:    checkRunsAsRoot,
}

func checkRunsAsRoot(p *lint.Pass) {
	applications(p, func(a *application) {
		if a.unit != nil && a.unitUser() {
			return
		}
		for _, name := range [...]string{"immediate-uid", "drop-after-init", "drop-after-apps", "unshare", "hook-as-root", "hook-post-jail", "hook-pre-jail"} {
			if !a.lacks(name) {
				return
			}
		}
		d := diag.Diagnostic{
			Why: diag.T("a flaw in the application is then a flaw of the whole machine; uWSGI warns: you are running uWSGI as root !!! (use the --uid flag)"),
		}
		uid, gid := a.Get("uid"), a.Get("gid")
		switch {
		case uid != nil && (uid.Value == "root" || uid.Value == "0"):
			d.Location = uid.ValueLocation()
			d.Message = diag.T("%s = %s: the workers run as root", uid.Key, uid.Value)
		case gid != nil && (gid.Value == "root" || gid.Value == "0"):
			d.Location = gid.ValueLocation()
			d.Message = diag.T("%s = %s: the workers belong to root's group", gid.Key, gid.Value)
			d.Why = diag.T("whatever root's group may read or write, a flaw in the application may as well")
		case uid != nil && isKnown(uid) && a.lacks("gid"):
			d.Location = uid.KeyLocation()
			d.Message = diag.T("uid is set without gid: started by root, the workers keep root's group")
			d.Why = diag.T("whatever root's group may read or write, a flaw in the application may as well")
			d.Help = diag.T("write gid = %s, or the group that fits", uid.Value)
		case uid == nil && a.lacks("uid"):
			reason := byRoot(p, a)
			if reason.Location.File == nil {
				return
			}
			d.Location = headerLocation(a.Config)
			d.Message = diag.T("neither uid nor gid is set, and root starts this: the workers run as root")
			d.Help = diag.T("write uid and gid of an account of its own, such as www-data")
			d.Related = []diag.Related{reason}
		default:
			return
		}
		p.Report(d)
	})
}

// unitUser tells whether a unit starts uWSGI under another account than root.
func (a *application) unitUser() bool {
	user := a.unitValue("User")
	return user != "" && user != "root" && user != "0" || strings.EqualFold(a.unitValue("DynamicUser"), "yes") || strings.EqualFold(a.unitValue("DynamicUser"), "true")
}

// byRoot returns what shows that root starts a configuration: its unit, a port
// or a place that only root may take, or an owner that only root may give.
func byRoot(p *lint.Pass, a *application) diag.Related {
	if a.unit != nil {
		for _, e := range a.unit.Entries {
			if e.Key == "ExecStart" && slices.ContainsFunc(strings.Fields(e.Value), isUwsgi) {
				return diag.Related{Location: diag.Location{File: a.unit.File, Span: e.Span}, Message: diag.T("the unit names no User")}
			}
		}
	}
	if p.Target.Init == "container" {
		return diag.Related{} // the image may name an account
	}
	for _, b := range p.BindsOf(a.Config) {
		if !b.Unknown && b.Network == pair.TCP && b.Port > 0 && b.Port < 1024 {
			return diag.Related{Location: b.Option.ValueLocation(), Message: diag.T("only root may listen on port %d", b.Port)}
		}
	}
	for _, name := range [...]string{"chown-socket", "pidfile", "daemonize", "logto", "chroot"} {
		o := a.Get(name)
		if o == nil || !isKnown(o) || o.Maybe {
			continue
		}
		switch {
		case name == "chown-socket", name == "chroot":
			return diag.Related{Location: o.KeyLocation(), Message: diag.T("only root may do this")}
		case rootOnly(o.Value):
			return diag.Related{Location: o.ValueLocation(), Message: diag.T("only root may make a file here")}
		}
	}
	return diag.Related{}
}

// rootOnly tells whether a file lies directly in a folder that only root writes to.
func rootOnly(file string) bool {
	switch path.Dir(file) {
	case "/run", "/var/run", "/var/log", "/etc", "/root", "/usr", "/":
		return true
	}
	return false
}
