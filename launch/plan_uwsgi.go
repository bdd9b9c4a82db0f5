package launch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// handling is what becomes of an option of uWSGI here.
type handling uint8

const (
	keep    handling = iota
	account          // left out: everything runs under the account of the person
	daemon           // left out: deployctl supervises
	logs             // left out: the log goes to deployctl
	plugin           // left out where another one is built in
	place            // a path of the server
	target           // PREFIX=PATH
	python           // the virtualenv
	cage             // left out: it needs root
)

// handled are the options that cannot stay as they are, by the name that stands
// for all of their aliases.
var handled = map[string]handling{
	"uid": account, "gid": account, "immediate-uid": account, "immediate-gid": account, "chown-socket": account, "add-gid": account, "initgroups": account,
	"daemonize": daemon, "daemonize2": daemon, "pidfile": daemon, "pidfile2": daemon, "safe-pidfile": daemon, "safe-pidfile2": daemon, "master-fifo": daemon,
	"logto": logs, "logto2": logs, "logger": logs, "req-logger": logs, "log-master": logs, "threaded-logger": logs, "log-maxsize": logs, "log-reopen": logs, "logfile-chown": logs,
	"logfile-chmod": logs, "touch-logreopen": logs, "touch-logrotate": logs, "log-syslog": logs, "syslog": logs, "rsyslog": logs, "log-backupname": logs,
	"plugins": plugin, "need-plugin": plugin, "plugins-dir": plugin,
	"chdir": place, "chdir2": place, "pythonpath": place, "wsgi-file": place, "file": place, "check-static": place, "touch-reload": place, "touch-workers-reload": place,
	"touch-chain-reload": place, "py-auto-reload-ignore": keep, "static-map": target, "static-map2": target, "mount": target,
	"virtualenv": python,
	"chroot":     cage, "pivot-root": cage, "pivot_root": cage, "unshare": cage, "cap": cage, "cgroup": cage, "emperor": cage, "vassals-dir": cage,
}

// planUwsgi makes each uWSGI file ready.
func (p *Plan) planUwsgi() {
	settings := map[string]handling{}
	for name, h := range handled {
		settings[name] = h
		for _, alias := range option.Aliases(name) {
			settings[alias] = h
		}
	}
	claimed := map[pair.Endpoint]*uwsgi.Config{}
	for i, c := range p.Pair.Uwsgi {
		if other := p.claim(c, claimed); other != nil {
			p.change(diag.Location{File: c.Main.File}, "", diag.T("%s is not started: it listens where %s does", c.Main.Name, other.Main.Name), true)
			continue
		}
		p.Uwsgi = append(p.Uwsgi, p.uwsgiFile(i, c, settings))
	}
}

// claim notes the addresses of a file, and returns the other file that has one
// of them already.
func (p *Plan) claim(c *uwsgi.Config, claimed map[pair.Endpoint]*uwsgi.Config) *uwsgi.Config {
	for _, b := range p.Pair.BindsOf(c) {
		if other := claimed[b.Endpoint]; other != nil && other != c && !b.Unknown {
			return other
		}
	}
	for _, b := range p.Pair.BindsOf(c) {
		claimed[b.Endpoint] = c
	}
	return nil
}

// ini writes a uwsgi.ini, and remembers where its lines come from.
type ini struct {
	text  strings.Builder
	lines []Place
}

// set adds an option. A percent sign would start a placeholder of uWSGI.
func (w *ini) set(key, value string, from Place) {
	value = strings.NewReplacer("%", "%%", "\n", " ", "\r", " ").Replace(value)
	fmt.Fprintf(&w.text, "%s = %s\n", key, value)
	w.lines = append(w.lines, from)
}

func (p *Plan) uwsgiFile(number int, c *uwsgi.Config, settings map[string]handling) *UwsgiPlan {
	u := &UwsgiPlan{Path: p.scratch(fmt.Sprintf("uwsgi-%d-%d.ini", number, p.Options.Generation)), Source: c}
	w := &ini{}
	w.text.WriteString("[uwsgi]\n")
	w.lines = append(w.lines, Place{})
	if p.Options.Detail && p.Options.NativeUwsgi && p.Options.Routes {
		w.set("route-run", "addheader:"+workerHeader+": ${uwsgi[wid]}", Place{})
	}
	binds := map[*uwsgi.Option]*pair.Bind{}
	for _, b := range p.Pair.BindsOf(c) {
		binds[b.Option] = b
	}
	strict := c.Bool("strict")
	started := false
	for _, o := range c.Options {
		from := placeOf(o.KeyLocation())
		if b := binds[o]; b != nil {
			w.set(o.Key, p.bind(b, number, u), from)
			continue
		}
		switch {
		case o.Info == nil && strict:
			continue // placeholders are resolved, and strict takes them for misspelled options
		case o.Info != nil && o.Info.Kind == option.Logic, isReading(o.Key):
			continue // what they stand for is in place
		}
		switch h := settings[o.Key]; h {
		case account, daemon, logs, cage:
			p.change(optionLocation(o), "", whyOption(h), h == cage)
		case plugin:
			if p.Options.NativeUwsgi {
				w.set(o.Key, o.Value, from)
			}
		case python:
			u.Virtualenv = p.virtualenv(c, o)
			if u.Virtualenv != "" {
				w.set(o.Key, u.Virtualenv, from)
			}
		case place:
			local := p.path(o, o.Value)
			if o.Key == "chdir" {
				started, u.Dir = true, local
			}
			w.set(o.Key, local, from)
		case target:
			prefix, path, _ := strings.Cut(o.Value, "=")
			if filepath.IsAbs(path) {
				path = p.path(o, path)
			}
			w.set(o.Key, prefix+"="+path, from)
		default:
			value := p.paths.text(o.Value)
			if value != o.Value {
				p.change(optionLocation(o), o.Key+" = "+value, diag.T("the project's folder on this machine"), false)
			}
			w.set(o.Key, value, from)
		}
	}
	p.complete(u, w, started, number)
	u.lines = w.lines
	text := w.text.String()
	p.files[u.Path] = text
	u.Config = uwsgi.LoadText(uwsgi.Parse(c.Main.Name, text), "", uwsgi.LoadOptions{Here: true})
	return u
}

// isReading tells whether an option brings in other files, or placeholders that
// are resolved.
func isReading(key string) bool {
	switch key {
	case "ini", "include", "inherit", "yaml", "yml", "xml", "json", "config", "set-placeholder", "set-ph", "for", "for-glob", "for-times", "for-readline":
		return true
	}
	return option.IsEnd(key) || strings.HasPrefix(key, "if-")
}

// optionLocation is the place of a whole option.
func optionLocation(o *uwsgi.Option) diag.Location {
	at := o.KeyLocation()
	if value := o.ValueLocation(); value.Span.End > at.Span.End {
		at.Span.End = value.Span.End
	}
	return at
}

func whyOption(h handling) diag.Text {
	switch h {
	case account:
		return diag.T("everything runs under your own account")
	case daemon:
		return diag.T("deployctl supervises the processes")
	case logs:
		return diag.T("the log goes to deployctl's")
	}
	return diag.T("it is not done on this machine")
}

// path returns where a path of an option lies here.
func (p *Plan) path(o *uwsgi.Option, value string) string {
	local, found := p.paths.here(value)
	if !filepath.IsAbs(local) {
		if abs := filepath.Join(p.paths.dir, local); exists(abs) {
			return abs
		}
		return local
	}
	switch {
	case local != value:
		p.change(optionLocation(o), o.Key+" = "+strings.Replace(o.Value, value, local, 1), diag.T("the project's folder on this machine"), false)
	case !found:
		p.change(optionLocation(o), local, diag.T("%s does not exist on this machine", value), true)
	}
	return local
}

// virtualenv returns the folder that stands for a virtualenv, "" for none.
func (p *Plan) virtualenv(c *uwsgi.Config, o *uwsgi.Option) string {
	wanted := o.Value
	if dir := c.Get("chdir"); dir != nil && !filepath.IsAbs(wanted) {
		wanted = filepath.Join(dir.Value, wanted)
	}
	mapped, _ := p.paths.here(wanted)
	candidates := []string{mapped}
	for _, dir := range []string{p.paths.dir, p.paths.application(c)} {
		if dir != "" {
			candidates = append(candidates, filepath.Join(dir, ".venv"), filepath.Join(dir, "venv"), filepath.Join(dir, "env"))
		}
	}
	for _, dir := range candidates {
		if exists(filepath.Join(dir, "bin", "python")) || exists(filepath.Join(dir, "bin", "python3")) || exists(filepath.Join(dir, "Scripts", "python.exe")) {
			if dir != o.Value {
				p.change(optionLocation(o), o.Key+" = "+dir, diag.T("the virtualenv on this machine"), false)
			}
			return dir
		}
	}
	p.change(optionLocation(o), "", diag.T("%s is not on this machine, and the project has no .venv: the system's Python runs the application", o.Value), false)
	return ""
}

// bind returns where a socket listens here.
func (p *Plan) bind(b *pair.Bind, number int, u *UwsgiPlan) string {
	value := b.Option.Value
	if b.Unknown && b.Network != pair.Unix {
		return value
	}
	to, why := pair.Endpoint{Network: pair.Unix}, diag.T("sockets lie in the folder of the run")
	switch {
	case b.Network == pair.TCP && b.Protocol != pair.Stats:
		u.fixed = u.fixed || len(b.Passes) == 0
		to = pair.Endpoint{Network: pair.TCP, Host: "127.0.0.1", Port: p.appPort(b, u.fixed)}
		why = diag.T("only this machine is served")
		if b.Port != to.Port {
			why = diag.T("port %d takes root, or another program listens there", b.Port)
		}
	default:
		name := fmt.Sprintf("app%d-%d", number, len(p.moved))
		if p.Options.NativeUwsgi {
			name += fmt.Sprintf("-%d", p.Options.Generation)
		}
		to.Path = p.scratch(name + ".sock")
	}
	if _, ok := p.moved[b.Endpoint]; !ok || len(b.Passes) > 0 {
		p.moved[b.Endpoint] = to
	}
	text := to.String()
	if rest := strings.IndexByte(value, ','); rest >= 0 {
		text += value[rest:]
	}
	p.change(optionLocation(b.Option), b.Option.Key+" = "+text, why, false)
	return text
}

// appPort returns the port of the application. It stays over reloads where the
// same server goes on listening, or where others than nginx look for it; a new
// uWSGI beside the old one takes another.
func (p *Plan) appPort(b *pair.Bind, fixed bool) int {
	if before := p.Options.Before; before != nil && (fixed || !p.Options.NativeUwsgi) {
		if old, ok := before.moved[b.Endpoint]; ok && old.Network == pair.TCP && !p.ports.taken[old.String()] {
			p.ports.taken[old.String()] = true
			return old.Port
		}
	}
	return p.ports.free("127.0.0.1", b.Port)
}

// complete adds what a file leaves to the command line or to systemd.
func (p *Plan) complete(u *UwsgiPlan, w *ini, started bool, number int) {
	if !started {
		u.Dir = p.paths.application(u.Source)
		if u.Dir == "" {
			u.Dir = p.paths.dir
		}
		w.set("chdir", u.Dir, Place{})
	}
	if !filepath.IsAbs(u.Dir) {
		u.Dir = filepath.Join(p.paths.dir, u.Dir)
	}
	if len(p.Pair.BindsOf(u.Source)) > 0 {
		return
	}
	for _, via := range p.Pair.Passes {
		if len(via.Targets) == 0 || via.Protocol != pair.UWSGI && via.Protocol != pair.HTTP || via.Targets[0].Unknown {
			continue
		}
		t := via.Targets[0]
		key := "socket"
		if via.Protocol == pair.HTTP {
			key = "http-socket"
		}
		to := pair.Endpoint{Network: pair.Unix, Path: p.scratch(fmt.Sprintf("app%d-%d-%d.sock", number, len(p.moved), p.Options.Generation))}
		p.moved[t.Endpoint] = to
		w.set(key, to.Path, Place{})
		p.change(diag.Location{File: u.Source.Main.File}, key+" = "+to.Path, diag.T("%s names no socket: it listens where %s passes to", u.Source.Main.Name, placeOf(t.At)), false)
		return
	}
}

// interpreter returns the Python that runs an application: that of the
// virtualenv, or one of the system's that has what the description names.
func (p *Plan) interpreter(u *UwsgiPlan, has func(python, module string) bool) string {
	if u.Virtualenv != "" {
		return "" // the application server looks there by itself
	}
	if p.Source.Description == nil {
		return ""
	}
	module := string(p.Source.Description.Framework)
	if module == "" || module == "wsgi" {
		return ""
	}
	for _, python := range []string{"python3", "/usr/bin/python3", "/usr/local/bin/python3"} {
		if has(python, module) {
			return python
		}
	}
	return ""
}

// remove takes away the files of an older generation.
func (u *UwsgiPlan) remove() { os.Remove(u.Path) }
