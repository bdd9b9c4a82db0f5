package pairrule

import (
	"path"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// RunDirectory finds sockets and pid files in a folder of /run that nothing creates.
var RunDirectory = &lint.Rule{
	ID:       "pair-run-directory",
	Severity: diag.Warning,
	Summary:  "a socket or pid file in a folder of /run that nothing creates",
	Page:     page("pair-run-directory"),
	Check:    checkRunDirectory,
}

// packaged are the folders of /run that a distribution's packages create.
var packaged = []string{"uwsgi", "nginx", "lock", "user", "shm", "systemd"}

func checkRunDirectory(p *lint.Pass) {
	if p.Target.Init == "container" {
		return // the image creates it
	}
	for _, c := range p.Uwsgi {
		if createsFolders(c) {
			continue
		}
		seen := map[string]bool{}
		report := func(o *uwsgi.Option, file string) {
			folder := runFolder(file)
			if folder == "" || seen[folder] || slices.Contains(packaged, folder) || unitCreates(p, folder) {
				return
			}
			seen[folder] = true
			p.Report(diag.Diagnostic{
				Location: o.ValueLocation(),
				Message:  diag.T("nothing among these files creates /run/%s", folder),
				Why:      diag.T("/run is empty after a boot: uWSGI exits with bind(): No such file or directory, or open(%q): No such file or directory", file),
				Help:     diag.T("write RuntimeDirectory=%s in the systemd unit", folder),
			})
		}
		for _, b := range p.BindsOf(c) {
			if b.Network == pair.Unix && !b.Unknown {
				report(b.Option, b.Path)
			}
		}
		for _, name := range []string{"pidfile", "pidfile2", "safe-pidfile", "safe-pidfile2"} {
			if o := c.Get(name); o != nil && !o.Unresolved {
				report(o, o.Value)
			}
		}
	}
}

// runFolder returns the first folder below /run that a file lies in, or "".
func runFolder(file string) string {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(path.Clean(file), "/var"), "/run/")
	if !ok {
		return ""
	}
	folder, _, ok := strings.Cut(rest, "/")
	if !ok {
		return ""
	}
	return folder
}

// createsFolders tells whether a file runs a command before it binds, which
// may create any folder.
func createsFolders(c *uwsgi.Config) bool {
	for _, name := range []string{"exec-asap", "hook-asap", "exec-pre-jail", "hook-pre-jail", "exec-in-jail"} {
		for _, o := range c.All(name) {
			if strings.Contains(o.Value, "mkdir") || strings.Contains(o.Value, "install") {
				return true
			}
		}
	}
	return false
}

// unitCreates tells whether a unit among the files has the folder as its
// RuntimeDirectory, or a line of tmpfiles.d makes it at boot.
func unitCreates(p *lint.Pass, folder string) bool {
	for _, t := range p.Tmpfiles {
		for _, made := range t.Folders {
			if runFolder(made+"/x") == folder {
				return true
			}
		}
	}
	for _, u := range p.Units {
		for _, dir := range u.All("Service", "RuntimeDirectory") {
			for _, name := range strings.Fields(dir) {
				if first, _, _ := strings.Cut(name, "/"); first == folder {
					return true
				}
			}
		}
	}
	return false
}
