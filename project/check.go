package project

import (
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/nearest"
)

// maxSocketPath is the longest path of a unix socket, in bytes (sun_path of
// unix(7), less its end).
const maxSocketPath = 107

// maxPacket is the largest request head, in bytes, that the uwsgi protocol
// holds: its length is written in 16 bits.
const maxPacket = 65535

var patterns = sync.OnceValue(func() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"name":     regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`),
		"module":   regexp.MustCompile(`^[A-Za-z_][\w.]*(:[A-Za-z_]\w*(\(\))?)?$`),
		"account":  regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*\$?$|^[0-9]+$`),
		"release":  regexp.MustCompile(`^[0-9]+(\.[0-9]+){0,3}$`),
		"path":     regexp.MustCompile(`^/[A-Za-z0-9_./+@-]*$`),
		"rate":     regexp.MustCompile(`^[1-9][0-9]*r/[sm]$`),
		"host":     regexp.MustCompile(`^[A-Za-z0-9_.*:\[\]-]+$`),
		"variable": regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`),
	}
})

// ValidName tells whether a text may name a section of the description.
func ValidName(s string) bool { return patterns()["name"].MatchString(s) }

// place returns where a key of a section stands, or the section's header, or
// the start of the file.
func (r *reader) place(section, key string) diag.Span {
	if span, ok := r.at[section+"/"+key]; ok {
		return span
	}
	return r.at[section]
}

func (r *reader) failAt(section, key string, message, help diag.Text) {
	r.fail(r.place(section, key), message, help)
}

// check finds what single keys cannot show.
func (r *reader) check(p *Project) {
	for _, f := range []struct {
		section, key, value string
		what                diag.Text
	}{
		{"project", "name", p.Name, diag.T("the project's name")},
		{"project", "root", p.Root, diag.T("the project's folder on the server")},
		{"project", "module", p.Module, diag.T("the WSGI callable, such as shop.wsgi:application")},
	} {
		if f.value == "" {
			r.failAt(f.section, f.key, diag.T("[%s] has no %s", f.section, f.key), diag.T("write %s = %s", f.key, f.what))
		}
	}
	r.pattern("project", "name", p.Name, "name", diag.T("letters, digits, - and _"))
	r.pattern("project", "module", p.Module, "module", diag.T("package.module:callable, such as shop.wsgi:application"))
	r.pattern("app", "user", p.App.User, "account", diag.T("the name of an account"))
	r.pattern("app", "group", p.App.Group, "account", diag.T("the name of a group"))
	r.pattern("target", "nginx-user", p.Target.NginxUser, "account", diag.T("the name of an account"))
	r.pattern("target", "nginx-group", p.Target.NginxGroup, "account", diag.T("the name of a group"))
	r.pattern("target", "nginx", p.Target.Nginx, "release", diag.T("a release such as 1.22.1"))
	r.pattern("target", "uwsgi", p.Target.Uwsgi, "release", diag.T("a release such as 2.0.21"))
	r.pattern("app", "log", p.App.Log, "path", diag.T("an absolute path of letters, digits, /, ., - and _"))
	for _, folder := range p.App.Writable {
		if folder != "" {
			r.pattern("app", "writable", p.Abs(folder), "path", diag.T("an absolute path of letters, digits, /, ., - and _"))
		}
	}
	r.pattern("app", "health", p.App.Health, "path", diag.T("a path of letters, digits, /, ., - and _"))
	r.pattern("project", "requirements", "/"+p.Requirements, "path", diag.T("a path of letters, digits, /, ., - and _"))
	if p.Root != "" && !path.IsAbs(p.Root) {
		r.failAt("project", "root", diag.T("root %q is not absolute", p.Root), diag.T("write the folder on the server, such as /srv/shop"))
	}
	for _, f := range []struct{ section, key, value string }{
		{"project", "root", p.Root}, {"project", "chdir", p.Chdir}, {"project", "virtualenv", p.Virtualenv}, {"app", "stats", p.App.Stats},
	} {
		r.plain(f.section, f.key, f.value)
	}
	r.checkApp(p)
	r.checkServers(p)
	r.checkRoutes(p)
	for _, b := range p.Backends {
		if m := p.Limits.Balance; b.Backup && m != "round-robin" && m != "least_conn" {
			r.failAt("backend."+b.Name, "backup", diag.T("balance = %s knows no backup backends", m), diag.T("write balance = round-robin or least_conn, or leave backup out"))
		}
		if b.Address == "" {
			r.failAt("backend."+b.Name, "address", diag.T("[backend.%s] has no address", b.Name), diag.T("write address = host:port or unix:/path"))
		} else {
			r.endpoint("backend."+b.Name, "address", b.Address)
		}
	}
	for _, v := range p.Env {
		if !patterns()["variable"].MatchString(v.Name) {
			r.failAt("env", v.Name, diag.T("%q is no name for an environment variable", v.Name), diag.T("write letters, digits and _"))
		}
		r.plain("env", v.Name, v.Value)
	}
}

func (r *reader) pattern(section, key, value, pattern string, expected diag.Text) {
	if value != "" && !patterns()[pattern].MatchString(value) {
		r.failAt(section, key, diag.T("%s: %q is not %s", key, value, expected), diag.Text{})
	}
}

// plain refuses line breaks and control characters, which no generated file
// could hold.
func (r *reader) plain(section, key, value string) {
	if i := strings.IndexFunc(value, func(c rune) bool { return c < ' ' || c == 0x7f }); i >= 0 {
		r.failAt(section, key, diag.T("%s holds a line break or control character", key), diag.T("write it on one line"))
	}
}

// endpoint checks an address as host:port or unix:/path.
func (r *reader) endpoint(section, key, value string) {
	if file := Socket(value); file != "" || strings.HasPrefix(value, "unix:") {
		switch {
		case !path.IsAbs(file):
			r.failAt(section, key, diag.T("%s: the path in %q is not absolute", key, value), diag.T("write unix:/run/NAME/uwsgi.sock"))
		case len(file) > maxSocketPath:
			r.failAt(section, key, diag.T("%s: the path has %d bytes, and a socket's may have %d", key, len(file), maxSocketPath), diag.T("use a shorter folder, such as one below /run"))
		case strings.ContainsAny(file, ":;{}$%\"' \t"):
			r.failAt(section, key, diag.T("%s: %q holds a character that one of the two programs reads as its own", key, value), diag.T("use letters, digits, /, ., - and _"))
		}
		return
	}
	host, port, ok := cutPort(value)
	n, err := strconv.Atoi(port)
	if !ok || err != nil || n < 1 || n > 65535 || host == "" || !patterns()["host"].MatchString(host) {
		r.failAt(section, key, diag.T("%s: %q is no address", key, value), diag.T("write host:port or unix:/path"))
	}
}

func cutPort(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func (r *reader) checkApp(p *Project) {
	if p.App.Endpoint != "" {
		r.endpoint("app", "endpoint", p.App.Endpoint)
	}
	if p.App.Harakiri >= p.Limits.ReadTimeout && p.App.Harakiri > 0 {
		r.failAt("app", "harakiri", diag.T("harakiri of %s does not end before read-timeout of %s", formatDuration(p.App.Harakiri), formatDuration(p.Limits.ReadTimeout)),
			diag.T("make it some seconds shorter: nginx answers 504 otherwise while the worker goes on"))
	}
	if p.App.BufferSize > maxPacket {
		r.failAt("app", "buffer-size", diag.T("buffer-size of %d is above %d", p.App.BufferSize, maxPacket), diag.T("the protocol holds no more"))
	}
	if need := (p.Limits.Headers+1)*p.Limits.HeaderSize + 1024; p.App.Protocol == "uwsgi" && need > maxPacket {
		r.failAt("limits", "header-size", diag.T("headers = %d of header-size = %s let request heads of %d bytes through", p.Limits.Headers, formatSize(int64(p.Limits.HeaderSize)), need),
			diag.T("the uwsgi protocol holds %d bytes, and nginx answers 500 above: use fewer or smaller buffers, or protocol = http", maxPacket))
	}
	if m := p.App.Mount; m != "" && (!strings.HasPrefix(m, "/") || strings.HasSuffix(m, "/") || strings.ContainsAny(m, "= \t;{}\"'%$")) {
		r.failAt("app", "mount", diag.T("mount: %q is no prefix", m), diag.T("write it as /shop, without a slash at its end"))
	}
}

func (r *reader) checkServers(p *Project) {
	type address struct{ listen, name string }
	seen := map[address]string{}
	names := map[string]bool{}
	for _, s := range p.Servers {
		section := "server." + s.Name
		names[s.Name] = true
		if s.TLS == OwnTLS && (s.Certificate == "" || s.Key == "") {
			r.failAt(section, "tls", diag.T("tls = own without certificate and key"), diag.T("write certificate = /path and key = /path"))
		}
		if s.TLS == LetsEncrypt && (len(s.Names) == 0 || s.Names[0] == "_") {
			r.failAt(section, "names", diag.T("tls = letsencrypt needs a host name"), diag.T("write names = example.com"))
		}
		for _, l := range s.Listen {
			for _, n := range s.Names {
				if other, ok := seen[address{l, n}]; ok {
					r.failAt(section, "listen", diag.T("%s on %s is answered by [server.%s] already", n, l, other), diag.T("use another port or name"))
				}
				seen[address{l, n}] = s.Name
			}
			if !listenable(l) {
				r.failAt(section, "listen", diag.T("listen: %q is no address", l), diag.T("write a port, host:port or [::]:port"))
			}
		}
		for _, n := range s.Names {
			if strings.ContainsAny(n, ";{}\"'$ ") && !strings.HasPrefix(n, "~") {
				r.failAt(section, "names", diag.T("names: %q is no host name", n), diag.Text{})
			}
		}
		r.plain(section, "certificate", s.Certificate)
		r.plain(section, "key", s.Key)
	}
	for _, rt := range p.Routes {
		for _, s := range rt.Servers {
			if !names[s] {
				help := diag.T("add a section [server.%s]", s)
				var known []string
				for _, k := range p.Servers {
					known = append(known, k.Name)
				}
				if n := nearest.Name(s, known); n != "" {
					help = diag.T("the nearest name is %s", n)
				}
				r.failAt("route."+rt.Name, "server", diag.T("no server is called %q", s), help)
			}
		}
	}
}

// listenable tells whether a text is an address that nginx listens on and a
// description can say: a port, a host, host:port or [address]:port.
func listenable(s string) bool {
	if n, err := strconv.Atoi(s); err == nil {
		return n > 0 && n <= 65535
	}
	host, port := s, "80"
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port = s[:i], s[i+1:]
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return false
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		address, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		return err == nil && address.Is6() && strings.HasSuffix(inner, "]")
	}
	return host != "" && !strings.ContainsAny(host, ":;{}\"'$\\[]/ ") && host != "default_server" && host != "ssl"
}

func (r *reader) checkRoutes(p *Project) {
	for _, s := range p.Servers {
		seen := map[string]string{}
		for _, rt := range p.Routes {
			if !rt.On(s.Name) {
				continue
			}
			if other, ok := seen[rt.Path]; ok {
				r.failAt("route."+rt.Name, "path", diag.T("%q is the path of [route.%s] already, on the server %s", rt.Path, other, s.Name), diag.T("give each route of a server a path of its own"))
			}
			seen[rt.Path] = rt.Name
		}
	}
	for _, rt := range p.Routes {
		section := "route." + rt.Name
		r.pattern(section, "rate", rt.Rate, "rate", diag.T("a rate such as 10r/s or 60r/m"))
		r.plain(section, "path", rt.Path)
		r.plain(section, "dir", rt.Dir)
		r.plain(section, "to", rt.To)
		_, uri := rt.Match()
		switch {
		case uri == "":
			r.failAt(section, "path", diag.T("path: %q is no path", rt.Path), diag.T("write /prefix/, = /exact, ^~ /prefix/ or ~ regex"))
		case !strings.HasPrefix(rt.Path, "~") && !strings.HasPrefix(uri, "/") && !strings.HasPrefix(uri, "@"):
			r.failAt(section, "path", diag.T("path: %q does not start with /", uri), diag.T("write /%s", uri))
		}
		for _, m := range rt.Methods {
			if !slices.Contains(Methods, m) {
				r.failAt(section, "methods", diag.T("methods: nginx cannot tell %q from others", m), diag.T("write %s", diag.Or(Methods)))
			}
		}
		if rt.OpenAPI != "" {
			r.plain(section, "openapi", rt.OpenAPI)
			if modifier, _ := rt.Match(); rt.Kind != ToApp || modifier != "" {
				r.failAt(section, "openapi", diag.T("openapi takes kind = app and a prefix as path"), diag.T("write path = /prefix/"))
			}
		}
		switch rt.Kind {
		case ToFiles, ToSPA:
			if rt.Dir == "" {
				r.failAt(section, "kind", diag.T("kind = %s without dir", rt.Kind), diag.T("write dir = the folder of the files"))
			}
			if strings.HasPrefix(rt.Path, "~") || strings.HasPrefix(rt.Path, "=") {
				r.failAt(section, "path", diag.T("kind = %s takes a prefix, and %q is none", rt.Kind, rt.Path), diag.T("write path = /prefix/"))
			} else if uri != "/" && !strings.HasSuffix(uri, "/") {
				r.failAt(section, "path", diag.T("path: %q has no slash at its end", uri), diag.T("write %s/: without it /x/../ would lead out of the folder", uri))
			}
		case ToRedirect:
			if rt.To == "" {
				r.failAt(section, "kind", diag.T("kind = redirect without to"), diag.T("write to = https://example.com/"))
			}
			if rt.Code != 301 && rt.Code != 302 && rt.Code != 303 && rt.Code != 307 && rt.Code != 308 {
				r.failAt(section, "code", diag.T("code %d is no redirect", rt.Code), diag.T("write 301, 302, 303, 307 or 308"))
			}
		case ToUpstream:
			if rt.To == "" {
				r.failAt(section, "kind", diag.T("kind = upstream without to"), diag.T("write to = 127.0.0.1:9000 or unix:/path"))
			}
		}
	}
}
