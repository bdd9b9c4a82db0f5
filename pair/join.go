package pair

import (
	"path"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi"
)

// maxReached is how many listeners one target is joined with; real pairs have
// one or two.
const maxReached = 32

// Join finds out who talks to whom. It takes time in proportion to the sizes
// of both sides.
func Join(nginx []*site.Config, uw []*uwsgi.Config) *Pair {
	p := &Pair{Nginx: nginx, Uwsgi: uw}
	p.join()
	return p
}

func (p *Pair) join() {
	p.byConfig = make(map[*uwsgi.Config][]*Bind, len(p.Uwsgi))
	for _, c := range p.Uwsgi {
		found := binds(c, startFolder(p.Units, c))
		if len(found) == 0 {
			p.openEnded = true
		}
		for _, problem := range c.Problems {
			switch problem.Kind {
			case uwsgi.MissingInclude, uwsgi.Unsupported, uwsgi.MissingSection, uwsgi.TooLarge:
				p.openEnded = true
			}
		}
		p.Binds = append(p.Binds, found...)
		p.byConfig[c] = found
	}
	for _, c := range p.Nginx {
		p.Passes = append(p.Passes, passes(c)...)
	}
	p.settleGuesses()
	p.index.fill(p.Binds)
	targets := map[key]*Target{}
	for _, via := range p.Passes {
		for _, t := range via.Targets {
			if t.Unknown {
				continue
			}
			if targets[t.key()] == nil {
				targets[t.key()] = t
			}
			if c, ok := p.inService[t.Host]; ok && t.Named() {
				t.Binds = onPort(p.byConfig[c], t.Port)
				t.Unknown = c == nil
			} else if t.Binds = p.index.reached(t.Endpoint); t.Binds == nil && t.Named() && len(p.index.ports[t.Port]) > 0 {
				t.Unknown = true // one of several machines that listen on this port
			}
			for _, b := range t.Binds {
				b.Passes = append(b.Passes, t)
			}
		}
	}
	for _, b := range p.Binds {
		// What is left over when a target reaches more than it is joined with.
		if t := targets[b.key()]; t != nil && !b.Unknown && len(b.Passes) == 0 {
			b.Passes = append(b.Passes, t)
		}
	}
}

// onPort returns the listeners on a port of TCP.
func onPort(binds []*Bind, port int) []*Bind {
	var found []*Bind
	for _, b := range binds {
		if b.Network == TCP && b.Port == port && !b.Unknown {
			found = append(found, b)
		}
	}
	return limit(found)
}

// BindsOf returns the addresses that one uWSGI file listens on, in reading order.
func (p *Pair) BindsOf(c *uwsgi.Config) []*Bind { return p.byConfig[c] }

// startFolder returns the folder in which a unit among the files starts uWSGI
// with a configuration, or "".
func startFolder(units []*Unit, c *uwsgi.Config) string {
	name := path.Base(c.Main.Name)
	for _, u := range units {
		for _, command := range u.All("Service", "ExecStart") {
			if !strings.Contains(command, name) {
				continue
			}
			if dirs := u.All("Service", "WorkingDirectory"); len(dirs) > 0 && path.IsAbs(dirs[len(dirs)-1]) {
				return dirs[len(dirs)-1]
			}
		}
	}
	return ""
}

// settleGuesses decides about addresses that depend on where a uWSGI file lies
// (%d and its like) or on where uWSGI is started (relative paths): one that
// nginx names is right, others cannot be known.
func (p *Pair) settleGuesses() {
	var named map[key]bool
	var byBase map[string][]string // the paths of sockets that nginx names
	for _, b := range p.Binds {
		if !b.guessed && !b.relative {
			continue
		}
		if named == nil {
			named, byBase = p.targets()
		}
		switch {
		case b.guessed && named[b.key()]:
			b.Unknown = false
		case b.relative:
			file, found := path.Join("/", b.Path), ""
			for _, target := range byBase[path.Base(file)] {
				if strings.HasSuffix(target, file) {
					if found != "" {
						found = ""
						break
					}
					found = target
				}
			}
			if found != "" {
				b.Path, b.Unknown = found, false
			}
		}
	}
}

// targets returns the addresses that nginx names, and those of sockets by the
// names of their files, each once.
func (p *Pair) targets() (named map[key]bool, byBase map[string][]string) {
	named, byBase = map[key]bool{}, map[string][]string{}
	for _, via := range p.Passes {
		for _, t := range via.Targets {
			if t.Unknown || named[t.key()] {
				continue
			}
			named[t.key()] = true
			if base := path.Base(t.Path); t.Network == Unix && len(byBase[base]) < maxReached {
				byBase[base] = append(byBase[base], t.Path)
			}
		}
	}
	return named, byBase
}

// MayBind tells whether a uWSGI file may listen on an address though no Bind
// says so: when there is no such file, when one has no socket (it comes from
// the command line, an emperor or systemd then), when an included file is not
// there, or when a value that cannot be resolved may come to the address.
func (p *Pair) MayBind(e Endpoint) bool {
	if len(p.Uwsgi) == 0 || p.openEnded || p.index.open {
		return true
	}
	return e.Network == Unix && (p.index.openFiles["*"] || p.index.openFiles[path.Base(e.Path)])
}

// index finds listeners without trying each.
type index struct {
	exact map[key][]*Bind
	ports map[int][]*Bind // TCP, every host
	named map[int][]*Bind // TCP, hosts that are names
	files map[string][]*Bind
	// open tells that some listener may be anywhere; openFiles holds the names
	// of sockets whose folder is not known, "*" where the name is not either.
	open      bool
	openFiles map[string]bool
	// misread holds listeners on Nowhere by the file or port that was meant.
	misread map[string]*Bind
	// folders is made when the first target needs it.
	folders map[folderKey][]*Bind
}

func (x *index) fill(binds []*Bind) {
	x.exact = make(map[key][]*Bind, len(binds))
	x.ports, x.named, x.files = map[int][]*Bind{}, map[int][]*Bind{}, map[string][]*Bind{}
	x.openFiles, x.misread = map[string]bool{}, map[string]*Bind{}
	for _, b := range binds {
		switch {
		case b.Unknown:
			x.fillOpen(b)
			continue
		case b.Host == Nowhere:
			meant := b.Option.Value[strings.LastIndexAny(b.Option.Value, "/:")+1:]
			x.misread[meant] = b
			continue
		}
		k := b.key()
		x.exact[k] = append(x.exact[k], b)
		if b.Network != TCP {
			base := path.Base(b.Path)
			x.files[base] = append(x.files[base], b)
			continue
		}
		x.ports[b.Port] = append(x.ports[b.Port], b)
		if b.Named() {
			x.named[b.Port] = append(x.named[b.Port], b)
		}
	}
}

// fillOpen notes where a listener that cannot be resolved may be.
func (x *index) fillOpen(b *Bind) {
	base := path.Base(b.Path)
	switch {
	case b.Protocol == Stats:
	case b.Network != Unix:
		x.open = true
	case template(base):
		x.openFiles["*"] = true
	default:
		x.openFiles[base] = true
		x.files[base] = append(x.files[base], b)
	}
}

// reached returns the listeners that a client which connects to e reaches.
func (x *index) reached(e Endpoint) []*Bind {
	k := e.key()
	if e.Network != TCP {
		return limit(x.exact[k])
	}
	if e.Named() {
		return x.byName(e)
	}
	if k.host == "*" { // connecting to 0.0.0.0 is connecting to this machine
		k.host = "127.0.0.1"
	}
	found := x.exact[k]
	if e.Host == "localhost" {
		found = both(found, x.exact[key{host: "::1", port: e.Port}])
	}
	found = both(found, x.exact[key{host: "*", port: e.Port}])
	return limit(both(found, x.named[e.Port]))
}

// byName returns the listeners on the port of a host that only the network it
// runs in can resolve. When files of several machines listen there, it is the
// one that lies in a folder of the host's name.
func (x *index) byName(e Endpoint) []*Bind {
	found := x.ports[e.Port]
	if len(found) < 2 || oneConfig(found) {
		return limit(found)
	}
	if same := x.exact[e.key()]; same != nil {
		return limit(same)
	}
	name, _, _ := strings.Cut(e.Host, ".")
	return limit(x.byFolder()[folderKey{name, e.Port}])
}

// folderKey is a port that a file in, or of, a name listens on.
type folderKey struct {
	name string
	port int
}

// byFolder returns TCP listeners by the folders that their files lie in, and by
// the files' own names.
func (x *index) byFolder() map[folderKey][]*Bind {
	if x.folders == nil {
		x.folders = map[folderKey][]*Bind{}
		for port, binds := range x.ports {
			for _, b := range binds {
				name := strings.TrimSuffix(b.Config.Main.Name, path.Ext(b.Config.Main.Name))
				for part := range strings.SplitSeq(name, "/") {
					k := folderKey{part, port}
					x.folders[k] = append(x.folders[k], b)
				}
			}
		}
	}
	return x.folders
}

// oneConfig tells whether listeners, which stand in the order of their files,
// are all of one file.
func oneConfig(binds []*Bind) bool { return binds[0].Config == binds[len(binds)-1].Config }

func both(a, b []*Bind) []*Bind {
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	}
	return append(a[:len(a):len(a)], b...)
}

func limit(binds []*Bind) []*Bind { return binds[:min(len(binds), maxReached)] }

// Nearest returns the listener that an address was most probably meant for: one
// of the same port or file name, however uWSGI reads it (a bare port is a file
// to it, and unix:/path is no path), else the one whose address is the most
// alike; nil when uWSGI listens nowhere.
func (p *Pair) Nearest(e Endpoint) *Bind {
	name := path.Base(e.Path)
	likely := p.index.files[name]
	if e.Network == TCP {
		name = strconv.Itoa(e.Port)
		likely = p.index.ports[e.Port]
		if len(likely) == 0 {
			likely = p.index.files[name]
		}
	}
	for _, b := range likely {
		if b.ForNginx {
			return b
		}
	}
	if b := p.index.misread[name]; b != nil {
		return b
	}
	var best *Bind
	score := -1
	for _, b := range p.Binds[:min(len(p.Binds), 256)] {
		if b.Unknown || !b.ForNginx || b.Host == Nowhere {
			continue
		}
		s := 0
		switch {
		case b.Network != e.Network:
		case e.Network == TCP:
			s = 1 + common(strconv.Itoa(b.Port), strconv.Itoa(e.Port))
		default:
			s = 1 + common(b.Path, e.Path)
		}
		if s > score {
			best, score = b, s
		}
	}
	return best
}

// common counts the bytes that two strings have in common at their beginnings.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
