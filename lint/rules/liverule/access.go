package liverule

import (
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// Access reports files, folders and sockets that an account cannot get at.
var Access = &lint.Rule{
	ID:       "live-access",
	Severity: diag.Error,
	Summary:  "the account of nginx or uWSGI cannot get at a folder or socket on this machine",
	Page:     page("live-access"),
	Check:    checkAccess,
}

func checkAccess(p *lint.Pass) {
	if p.Machine == nil {
		return
	}
	for _, c := range p.Nginx {
		if a, ok := workers(p, c); ok {
			folders(p, c, a)
			sockets(p, c, a)
		}
	}
	for _, c := range p.Uwsgi {
		o := known(c, "uid")
		if o == nil {
			continue
		}
		a, ok := p.Machine.Account(o.Value)
		if !ok {
			continue
		}
		for _, name := range []string{"chdir", "virtualenv"} {
			o := known(c, name)
			if o == nil || !constant(o.Value) {
				continue
			}
			if blocked, ok, seen := machine.Reach(p.Machine, a, o.Value, machine.Execute); seen && !ok {
				d := denied(p, o.ValueLocation(), a, o.Value, blocked)
				d.Why = diag.T("uWSGI ends with exit code 1: chdir(): Permission denied")
				if name == "virtualenv" {
					d.Why = diag.T("Python does not start: ModuleNotFoundError: No module named 'encodings'")
				}
				p.Report(d)
			}
		}
		binding(p, c, a)
	}
}

// binding looks at the folders in which uWSGI makes its sockets, after it has
// become the account. A socket that is there is replaced, which takes the same
// rights.
func binding(p *lint.Pass, c *uwsgi.Config, a machine.Account) {
	for _, name := range [...]string{"hook-asap", "hook-pre-jail", "hook-post-jail", "hook-as-root", "exec-asap", "exec-pre-jail", "exec-as-root"} {
		if c.Get(name) != nil {
			return // what runs as root before may make the folder ready
		}
	}
	for _, b := range p.Binds {
		if b.Config != c || b.Unknown || !b.ForNginx || b.Network != pair.Unix || b.Option.Maybe || strings.Contains(b.Option.Value, "=") || !constant(b.Path) {
			continue
		}
		folder := filepath.Dir(b.Path)
		if blocked, ok, seen := machine.Reach(p.Machine, a, folder, machine.Write|machine.Execute); seen && !ok {
			d := denied(p, b.Option.ValueLocation(), a, folder, blocked)
			d.Why = diag.T("uWSGI ends with exit code 1: bind(): Permission denied [core/socket.c]")
			p.Report(d)
		}
	}
}

// folders looks at the folders that nginx serves files from.
func folders(p *lint.Pass, c *site.Config, a machine.Account) {
	seen := map[string]bool{}
	for _, name := range []string{"root", "alias"} {
		for _, n := range c.Find(name) {
			path := n.Arg(0)
			if n.Row == nil || !constant(path) || seen[path] {
				continue
			}
			seen[path] = true
			want := machine.Execute
			if f, err := p.Machine.File(path); err == nil && !f.Mode.IsDir() {
				want = machine.Read // the alias of one file
			}
			if blocked, ok, known := machine.Reach(p.Machine, a, path, want); known && !ok {
				d := denied(p, n.Location(1), a, path, blocked)
				d.Why = diag.T("the files below answer 403, and the error log says (13: Permission denied)")
				p.Report(d)
			}
		}
	}
}

// sockets looks at the unix sockets that are there now.
func sockets(p *lint.Pass, c *site.Config, a machine.Account) {
	seen := map[string]bool{}
	for _, via := range p.Passes {
		if via.Config != c {
			continue
		}
		for _, t := range via.Targets {
			if t.Network != pair.Unix || t.Unknown || seen[t.Path] {
				continue
			}
			seen[t.Path] = true
			f, err := p.Machine.File(t.Path)
			if err != nil || f.Mode&fs.ModeSocket == 0 {
				continue
			}
			if blocked, ok, known := machine.Reach(p.Machine, a, t.Path, machine.Write); known && !ok {
				d := denied(p, t.At, a, t.Path, blocked)
				d.Why = diag.T("502: connect() to unix:%s failed (13: Permission denied) while connecting to upstream", t.Path)
				p.Report(d)
			}
		}
	}
}

// denied says who cannot get at what, and where the way ends.
func denied(p *lint.Pass, at diag.Location, a machine.Account, path, blocked string) diag.Diagnostic {
	d := diag.Diagnostic{Location: at}
	f, err := p.Machine.File(blocked)
	if err != nil {
		d.Message = diag.T("the account %s cannot get at %s", a.Name, path)
		return d
	}
	if blocked == path {
		d.Message = diag.T("the account %s cannot get at %s, whose mode is %s", a.Name, path, f.Octal())
	} else {
		d.Message = diag.T("the account %s cannot get at %s: the folder %s has mode %s", a.Name, path, blocked, f.Octal())
	}
	d.Help = diag.T("give %s a group that the account is in and the rights for it, or put it elsewhere", blocked)
	return d
}
