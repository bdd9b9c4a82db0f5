package pairrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// SocketPermission finds sockets that nginx's account cannot open, or everybody can.
var SocketPermission = &lint.Rule{
	ID:       "pair-socket-permission",
	Severity: diag.Error,
	Summary:  "nginx's account may not connect to uWSGI's socket, or every account may",
	Fixable:  true,
	Page:     page("pair-socket-permission"),
	Check:    checkSocketPermission,
}

// account is a user with a group; empty fields are not known.
type account struct{ user, group string }

func checkSocketPermission(p *lint.Pass) {
	seen := map[*pair.Bind]bool{}
	for _, b := range p.Binds {
		if b.Network != pair.Unix || b.Unknown || !b.ForNginx || seen[b] || len(b.Passes) == 0 {
			continue
		}
		seen[b] = true
		mode, ok := socketMode(b.Config)
		if !ok {
			continue
		}
		if mode&0o002 != 0 {
			reportOpenSocket(p, b, mode)
			continue
		}
		checkAccess(p, b, nginxAccount(b.Passes[0].Pass.Config), socketOwner(p, b.Config), mode)
	}
}

// socketMode returns the socket's permissions: what chmod-socket says, else
// what uWSGI's umask of 022 leaves.
func socketMode(c *uwsgi.Config) (uint32, bool) {
	o := c.Get("chmod-socket")
	if o == nil {
		return 0o755, c.Get("umask") == nil
	}
	if o.Unresolved {
		return 0, false
	}
	if o.Value == "1" {
		return 0o666, true
	}
	mode, ok := c.Mode()
	return mode & 0o777, ok
}

// socketOwner returns whose the socket will be.
func socketOwner(p *lint.Pass, c *uwsgi.Config) account {
	var a account
	for _, u := range p.Units {
		if v := u.All("Service", "User"); len(v) > 0 && len(p.Units) == 1 {
			a = account{v[len(v)-1], v[len(v)-1]}
		}
		if v := u.All("Service", "Group"); len(v) > 0 && len(p.Units) == 1 {
			a.group = v[len(v)-1]
		}
	}
	if a.user == "" {
		if o := c.Get("uid"); o != nil && !o.Unresolved {
			a.user, a.group = name(o.Value), "root"
		}
		if o := c.Get("gid"); o != nil && !o.Unresolved {
			a.group = name(o.Value)
		}
	}
	if o := c.Get("chown-socket"); o != nil && !o.Unresolved {
		user, group, ok := strings.Cut(o.Value, ":")
		a.user = name(user)
		if ok {
			a.group = name(group)
		}
	}
	return a
}

// numbers are the accounts that have the same number on every Debian and Ubuntu.
var numbers = map[string]string{"0": "root", "33": "www-data", "65534": "nobody"}

func name(s string) string {
	if n, ok := numbers[s]; ok {
		return n
	}
	return s
}

// nginxAccount returns the account of nginx's workers.
func nginxAccount(c *site.Config) account {
	if c.Root.Context != directive.Main {
		return account{}
	}
	for _, n := range c.Root.Here("user") {
		group := n.Arg(1)
		if group == "" {
			group = n.Arg(0)
		}
		return account{n.Arg(0), group}
	}
	return account{}
}

func reportOpenSocket(p *lint.Pass, b *pair.Bind, mode uint32) {
	at := b.Option.ValueLocation()
	if o := b.Config.Get("chmod-socket"); o != nil {
		at = o.ValueLocation()
	}
	p.Report(diag.Diagnostic{
		Severity: diag.Warning,
		Location: at,
		Message:  diag.T("mode %o lets every account on the machine connect to the socket", mode),
		Why:      diag.T("whoever connects speaks to the application as nginx does, and can have uWSGI load any file (UWSGI_FILE)"),
		Help:     diag.T("write `chmod-socket = 660`, with nginx's group as the socket's"),
	})
}

// checkAccess compares the socket with nginx's account: connecting needs the
// right to write.
func checkAccess(p *lint.Pass, b *pair.Bind, front, owner account, mode uint32) {
	switch {
	case front.user == "" || front.user == "root":
		return
	case owner.user == "" && (owner.group == "" || mode&0o020 == 0) && b.Config.Get("chmod-socket") == nil:
		return // who starts uWSGI is not written
	case owner.user == front.user && mode&0o200 != 0, owner.user == "":
		return
	case owner.group == front.group && mode&0o020 != 0:
		return
	}
	d := diag.Diagnostic{
		Location: b.Option.ValueLocation(),
		Message:  diag.T("nginx runs as %s:%s and may not connect to this socket, which is %s:%s with mode %o", front.user, front.group, owner.user, owner.group, mode),
		Why:      diag.T("502: connect() to unix:%s failed (13: Permission denied) while connecting to upstream", b.Path),
		Help:     diag.T("write `chmod-socket = 660` and `gid = %s`", front.group),
	}
	if o := b.Config.Get("chmod-socket"); o != nil {
		d.Location = o.ValueLocation()
	}
	if uid := b.Config.Get("uid"); uid != nil && b.Config.Get("chown-socket") == nil && !uneditable(b.Config) {
		d.Fix = &diag.Fix{Message: diag.T("let nginx's group connect"), Edits: permit(b, front.group)}
	}
	p.Report(d)
}

// permit returns the edits that give the socket to a group that may connect.
func permit(b *pair.Bind, group string) []diag.Edit {
	var edits []diag.Edit
	add := ""
	for _, o := range []struct{ key, value string }{{"chmod-socket", "660"}, {"gid", group}} {
		if have := b.Config.Get(o.key); have != nil {
			edits = append(edits, diag.Edit{File: have.File.File, Span: have.Entry.ValueSpan, New: o.value})
		} else {
			add += o.key + " = " + o.value + "\n"
		}
	}
	if add != "" {
		e := addOption(b.Option, "x", "y")
		e.New = strings.Replace(e.New, "x = y\n", add, 1)
		edits = append(edits, e)
	}
	return edits
}
