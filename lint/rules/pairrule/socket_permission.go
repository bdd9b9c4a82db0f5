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

// unitUser returns the account under which the only systemd unit starts uWSGI, or "".
func unitUser(p *lint.Pass) string { return unitValue(p, "User") }

// unitValue returns what the only unit among the files says last of a key.
func unitValue(p *lint.Pass, key string) string {
	if len(p.Units) != 1 {
		return ""
	}
	values := p.Units[0].All("Service", key)
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// socketOwner returns whose the socket will be.
func socketOwner(p *lint.Pass, c *uwsgi.Config) account {
	var a account
	if user := unitUser(p); user != "" {
		a = account{user, user}
		if group := unitValue(p, "Group"); group != "" {
			a.group = group
		}
	} else {
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

// access is whether an account may connect to a socket.
type access uint8

const (
	granted access = iota
	unknown
	perhaps // when the account is a member of the socket's group
	refused
)

// connect tells whether front may connect to a socket of owner, which takes the
// right to write. The kernel asks one class alone: the owner's, else the
// group's, else that of all others.
func connect(front, owner account, mode uint32) access {
	switch {
	case front.user == "":
		return unknown
	case front.user == "root":
		return granted
	case owner.user == front.user:
		return grantedBy(mode & 0o200)
	case owner.group != "" && owner.group == front.group:
		return grantedBy(mode & 0o020)
	case owner.user == "" || owner.group == "":
		return unknown
	case mode&0o020 != 0 && owner.group != "root":
		return perhaps
	}
	return grantedBy(mode & 0o002)
}

func grantedBy(bit uint32) access {
	if bit != 0 {
		return granted
	}
	return refused
}

func checkAccess(p *lint.Pass, b *pair.Bind, front, owner account, mode uint32) {
	verdict := connect(front, owner, mode)
	if verdict < perhaps {
		return
	}
	d := diag.Diagnostic{
		Location: b.Option.ValueLocation(),
		Message:  diag.T("nginx runs as %s:%s and may not connect to this socket, which is %s:%s with mode %o", front.user, front.group, owner.user, owner.group, mode),
		Why:      diag.T("502: connect() to unix:%s failed (13: Permission denied) while connecting to upstream", b.Path),
		Help:     diag.T("write `chmod-socket = 660` and `chown-socket = %s:%s`", owner.user, front.group),
	}
	if verdict == perhaps {
		d.Severity = diag.Warning
		d.Message = diag.T("nginx runs as %s:%s and may connect to this socket, which is %s:%s with mode %o, only as a member of the group %s", front.user, front.group, owner.user, owner.group, mode, owner.group)
	}
	if at := b.Config.Get("chmod-socket"); at != nil {
		d.Location = at.ValueLocation()
	}
	for _, n := range b.Passes[0].Pass.Config.Root.Here("user") {
		d.Related = append(d.Related, diag.Related{Location: n.HeadLocation(), Message: diag.T("the account of nginx's workers")})
	}
	d.Fix = permit(p, b, front, owner)
	p.Report(d)
}

// permit returns the fix that lets nginx's group connect, or nil where uWSGI
// may not be the one who can give the socket to it.
func permit(p *lint.Pass, b *pair.Bind, front, owner account) *diag.Fix {
	c := b.Config
	if uneditable(c) || b.Option.Maybe || len(c.All("chmod-socket")) > 1 || len(c.All("chown-socket")) > 1 {
		return nil
	}
	set := [][2]string{{"chmod-socket", "660"}}
	if owner.group != front.group {
		// chown takes root, as which uWSGI starts where it has a uid to become.
		if c.Get("uid") == nil || owner.user == "" || unitUser(p) != "" {
			return nil
		}
		set = append(set, [2]string{"chown-socket", owner.user + ":" + front.group})
	}
	fix := &diag.Fix{Message: diag.T("let nginx's group connect")}
	var add []string
	for _, o := range set {
		have := c.Get(o[0])
		switch {
		case have == nil:
			add = append(add, o[0]+" = "+o[1])
		case have.Maybe || have.Unresolved:
			return nil
		case have.Value != o[1]:
			fix.Edits = append(fix.Edits, diag.Edit{File: have.File.File, Span: have.Entry.ValueSpan(), New: o[1]})
		}
	}
	if len(add) > 0 {
		fix.Edits = append(fix.Edits, b.Option.After(add...))
	}
	return fix
}
