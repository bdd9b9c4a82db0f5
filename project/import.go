package project

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// Leftover is a part of a pair that a description has no words for.
type Leftover struct {
	diag.Location
	// Text is what stands there.
	Text string
	// Where is the section and key in which it was kept as it is; empty when it
	// could only be listed.
	Where string
}

// Import makes a description of a pair. What it has no words for is kept as
// raw text where that is possible, and listed.
func Import(p *pair.Pair) (*Project, []Leftover) {
	i := &importer{pair: p, out: New(), limits: map[string]string{}}
	i.out.Servers, i.out.Routes = nil, nil
	i.out.App.MaxWorkerLifetime, i.out.App.Harakiri = 0, 0
	i.target()
	i.uwsgi()
	i.nginx()
	i.name()
	i.order()
	i.words()
	i.out.fill()
	i.relative()
	return i.out, i.left
}

type importer struct {
	pair     *pair.Pair
	out      *Project
	left     []Leftover
	upstream string // the block that the application's backends stand in
	zones    map[string]string
	limits   map[string]string // what the first server says of each, where http says nothing
}

func (i *importer) leave(l diag.Location, where string) {
	i.left = append(i.left, Leftover{l, l.File.Text(l.Span), where})
}

// target reads off the files where they run.
func (i *importer) target() {
	t := &i.out.Target
	t.NginxUser, t.NginxGroup, t.Plugin = "", "", ""
	t.Init = "systemd"
	for _, c := range i.pair.Nginx {
		for _, n := range c.Root.Here("user") {
			t.NginxUser, t.NginxGroup = n.Arg(0), n.Arg(1)
			if t.NginxUser == "nginx" {
				t.OS = "rhel"
			}
		}
		for _, n := range c.Root.Here("error_log") {
			if n.Arg(0) == "/dev/stderr" && len(i.pair.Units) == 0 {
				t.Init = "container"
			}
		}
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				if l.HTTP2 {
					t.Nginx = "1.24.0" // the last stable release with this parameter
				}
			}
		}
		first, _, _ := strings.Cut(c.Tree.Main.Src, "\n")
		if strings.ContainsFunc(first, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Lang = "zh"
		}
	}
	for _, c := range i.pair.Uwsgi[:min(1, len(i.pair.Uwsgi))] {
		i.out.readWords(c.Files[0].Src) // the target decides how options are read
	}
	i.out.App.Endpoint, i.out.App.User, i.out.App.Group, i.out.Chdir = "", "", "", ""
}

// constants are the options that gen writes into every file, with their values.
var constants = map[string]string{
	"strict": "true", "master": "true", "enable-threads": "true", "single-interpreter": "true", "need-app": "true", "vacuum": "true",
	"die-on-term": "true", "hook-master-start": "unix_signal:15 gracefully_kill_them_all", "post-buffering": "8192",
	"disable-logging": "true", "log-4xx": "true", "log-5xx": "true", "chmod-socket": "660", "manage-script-name": "true",
}

func (i *importer) uwsgi() {
	if len(i.pair.Uwsgi) == 0 {
		return
	}
	for _, other := range i.pair.Uwsgi[1:] {
		for _, o := range other.Options {
			i.leave(o.KeyLocation(), "")
		}
	}
	c := i.pair.Uwsgi[0]
	plugin := false
	for _, o := range c.Options {
		if o.Key == "plugins" || o.Key == "plugin" {
			plugin = true
		}
		if c.Get(o.Key) == nil || !i.option(c, o) {
			i.raw(o)
		}
	}
	if !plugin && i.out.Target.Init != "container" {
		i.out.Target.Plugin = "none"
	}
}

// raw keeps an option as it is written.
func (i *importer) raw(o *uwsgi.Option) {
	value := o.File.Text(o.Entry.ValueSpan())
	i.out.RawUwsgi = append(i.out.RawUwsgi, Var{o.File.Text(o.Entry.KeySpan()), value})
	i.leave(diag.Location{File: o.File.File, Span: diag.Span{Start: o.Entry.KeySpan().Start, End: max(o.Entry.KeySpan().End, o.Entry.ValueSpan().End)}}, "uwsgi."+o.Key)
}

// option takes one option into its field, and tells whether there is one.
func (i *importer) option(c *uwsgi.Config, o *uwsgi.Option) bool {
	if o.Unresolved || o.Maybe {
		return false
	}
	if want, ok := constants[o.Key]; ok {
		return o.Value == want
	}
	p := i.out
	number := func(to *int) bool {
		n, err := strconv.Atoi(o.Value)
		*to = n
		return err == nil && n >= 0
	}
	seconds := func(to *time.Duration) bool {
		n, err := strconv.Atoi(o.Value)
		*to = time.Duration(n) * time.Second
		return err == nil && n >= 0
	}
	switch o.Key {
	case "plugins", "plugin":
		p.Target.Plugin = o.Value
		if o.Value == distributions[p.Target.OS].plugin {
			p.Target.Plugin = ""
		}
	case "processes", "workers":
		return number(&p.App.Processes)
	case "threads":
		return number(&p.App.Threads)
	case "lazy-apps":
		p.App.LazyApps = uwsgi.IsTrue(o.Value)
	case "chdir":
		p.Chdir = o.Value
	case "virtualenv", "home", "venv":
		p.Virtualenv = o.Value
	case "module", "wsgi":
		p.Module = o.Value
	case "mount":
		prefix, module, ok := strings.Cut(o.Value, "=")
		if !ok || p.Module != "" {
			return false
		}
		p.App.Mount, p.Module = prefix, module
	case "env":
		name, value, ok := strings.Cut(o.Value, "=")
		if !ok {
			return false
		}
		p.Env = append(p.Env, Var{name, value})
		if name == "DJANGO_SETTINGS_MODULE" {
			p.Framework = Django
		}
	case "socket", "uwsgi-socket", "http-socket":
		if p.App.Endpoint != "" {
			return false
		}
		p.App.Endpoint = o.Value
		switch {
		case strings.HasPrefix(o.Value, "/"):
			p.App.Endpoint = "unix:" + o.Value
		case strings.HasPrefix(o.Value, ":"):
			p.App.Endpoint = "127.0.0.1" + o.Value // all addresses, as containers have it
		}
		if o.Key == "http-socket" {
			p.App.Protocol = "http"
		}
	case "uid":
		p.App.User = o.Value
	case "gid":
		p.App.Group = o.Value
	case "chown-socket":
		_, group, _ := strings.Cut(o.Value, ":")
		return group != "" && (group == p.Target.NginxGroup || p.Target.NginxGroup == "")
	case "listen":
		return number(&p.App.Listen)
	case "buffer-size":
		return number(&p.App.BufferSize)
	case "limit-post":
		n, err := strconv.ParseInt(o.Value, 10, 64)
		p.Limits.Body = n // nginx's value takes its place where it has one
		return err == nil
	case "harakiri":
		return seconds(&p.App.Harakiri)
	case "max-requests":
		return number(&p.App.MaxRequests)
	case "max-requests-delta":
		p.Target.Uwsgi = "2.0.30"
		return o.Value == strconv.Itoa(max(1, p.App.MaxRequests/10))
	case "max-worker-lifetime":
		return seconds(&p.App.MaxWorkerLifetime)
	case "max-worker-lifetime-delta":
		return p.App.MaxWorkerLifetime > 0
	case "reload-on-rss":
		return number(&p.App.ReloadOnRSS)
	case "stats", "stats-server":
		p.App.Stats = o.Value
	case "logto2":
		p.App.Log = o.Value
	case "logfile-chown":
		return p.App.Log != "" && uwsgi.IsTrue(o.Value)
	case "touch-logreopen":
		return p.App.Log != "" && o.Value == p.App.Log+".reopen"
	case "max-fd":
		return p.Target.Init == "container"
	case "worker-reload-mercy", "socket-timeout":
		return true // follow read-timeout
	default:
		return false
	}
	return true
}

// order shortens a harakiri that does not end before nginx gives up, which no
// description may say, and lists it.
func (i *importer) order() {
	p := i.out
	if p.App.Harakiri < p.Limits.ReadTimeout {
		return
	}
	p.App.Harakiri = max(time.Second, p.Limits.ReadTimeout-5*time.Second)
	for _, c := range i.pair.Uwsgi[:min(1, len(i.pair.Uwsgi))] {
		if o := c.Get("harakiri"); o != nil {
			i.leave(diag.Location{File: o.File.File, Span: diag.Span{Start: o.Entry.KeySpan().Start, End: o.Entry.ValueSpan().End}}, "")
		}
	}
}

// words takes the names that a generated file keeps, and lets routes that are
// on every server be so without saying it.
func (i *importer) words() {
	for _, c := range i.pair.Uwsgi[:min(1, len(i.pair.Uwsgi))] {
		renamed := i.out.readWords(c.Files[0].Src)
		for k := range i.left {
			l := &i.left[k]
			section, key, _ := strings.Cut(l.Where, ".")
			old, key, ok := strings.Cut(key, ".")
			if name, found := renamed[section+"."+old]; ok && found {
				l.Where = section + "." + name + "." + key
			}
		}
	}
	for k := range i.out.Routes {
		if r := &i.out.Routes[k]; len(r.Servers) == len(i.out.Servers) {
			r.Servers = nil
		}
	}
}

// name finds a name for the project, and its folder.
func (i *importer) name() {
	p := i.out
	for _, u := range i.pair.Units {
		p.Name = strings.TrimSuffix(path.Base(u.Name), ".service")
		for _, start := range u.All("Service", "ExecStart") {
			if _, ini, ok := strings.Cut(start, "--ini "); ok {
				p.Root = strings.TrimSuffix(strings.Trim(ini, `"`), "/deploy/uwsgi.ini")
			}
		}
	}
	if p.Name == "" && i.upstream != "" {
		p.Name = i.upstream
	}
	if folder := path.Dir(Socket(p.App.Endpoint)); p.Name == "" && strings.HasPrefix(folder, "/run/") {
		p.Name = path.Base(folder)
	}
	if p.Root == "" || !path.IsAbs(p.Root) {
		p.Root = path.Dir(p.Virtualenv)
		if p.Virtualenv == "" || p.Chdir != p.Root && !strings.HasPrefix(p.Chdir, p.Root+"/") {
			p.Root = p.Chdir
		}
	}
	if p.Name == "" {
		p.Name = projectName(path.Base(p.Root))
	}
	if !ValidName(p.Name) {
		p.Name = projectName(p.Name)
	}
	if p.Root == "" {
		p.Root = "/srv/" + p.Name
	}
}

// relative writes paths below the root without it, and leaves out what is the
// default.
func (i *importer) relative() {
	p := i.out
	below := func(s *string) {
		if rest, ok := strings.CutPrefix(*s, p.Root+"/"); ok {
			*s = rest
		}
	}
	below(&p.Chdir)
	below(&p.Virtualenv)
	for k := range p.App.Writable {
		below(&p.App.Writable[k])
	}
	for r := range p.Routes {
		below(&p.Routes[r].Dir)
	}
	if p.App.BufferSize == p.HeadBuffer() {
		p.App.BufferSize = 0
	}
}

// HeadBuffer returns the size, in bytes, that holds the largest request head
// that nginx lets through: what fills its buffers, the URI a second time
// (REQUEST_URI and PATH_INFO), the Host a second time (HTTP_X_FORWARDED_HOST),
// and the other parameters; at most what the uwsgi protocol holds.
func (p *Project) HeadBuffer() int {
	return min(maxPacket, (p.Limits.Headers+2)*p.Limits.HeaderSize+1024)
}

// source returns the text of a directive, its lines moved to the left margin.
func source(n *site.Node) string {
	src := n.File.Text(n.Range())
	start := n.Name.Span().Start
	line := strings.LastIndexByte(n.File.Src[:start], '\n') + 1
	indent := n.File.Src[line:start]
	if strings.TrimLeft(indent, " \t") != "" {
		indent = ""
	}
	lines := strings.Split(src, "\n")
	for j := range lines[1:] {
		lines[j+1] = strings.TrimPrefix(lines[j+1], indent)
	}
	return strings.Join(lines, "\n")
}

// keep adds a directive to raw text.
func (i *importer) keep(raw *string, n *site.Node, where string) {
	if *raw != "" {
		*raw += "\n"
	}
	*raw += source(n)
	i.leave(diag.Location{File: n.File.File, Span: n.Range()}, where)
}

// unique returns a name that no other one of the list is.
func unique(name string, taken []string) string {
	for n := 2; slices.Contains(taken, name); n++ {
		base, _, _ := strings.Cut(name, "-")
		name = base + "-" + strconv.Itoa(n)
	}
	return name
}
