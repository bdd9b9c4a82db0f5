package uwsgirule

import (
	"path"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// application is a configuration that serves requests by itself, with what is
// known of how it is started.
type application struct {
	*uwsgi.Config
	// init is systemd, supervisor, container, or "" where it is not known.
	init string
	// unit is the systemd unit that starts it, or nil.
	unit *pair.Unit
	// given are the settings of the unit's command line.
	given map[string]bool
}

// applications calls visit for every configuration that serves an application
// and is known as a whole: for no emperor and no vassal, whose emperor decides
// with it, for no piece that others include, and for none that does not parse.
func applications(p *lint.Pass, visit func(*application)) {
	reigns, commands := emperors(p), starts(p)
	for _, c := range p.Uwsgi {
		if !serves(c) || len(c.Main.Errors) > 0 || inherited(c) || isUnfinished(c) || c.Get("emperor") != nil || isVassal(c, reigns) {
			continue
		}
		a := &application{Config: c, init: p.Target.Init}
		if s := startedBy(c, commands); s.unit != nil {
			a.unit, a.init, a.given = s.unit, "systemd", commandLine(s.line)
		}
		visit(a)
	}
}

// isUnfinished tells whether lines of a file are still to be rendered by
// another program, so that there may be more options, or fewer.
func isUnfinished(c *uwsgi.Config) bool {
	for _, o := range c.Options {
		if o.Info == nil && isTemplate(o.Key) {
			return true
		}
	}
	return false
}

// emperors returns the names of the folders whose files are vassals.
func emperors(p *lint.Pass) map[string]bool {
	folders := map[string]bool{"vassals": true}
	for _, c := range p.Uwsgi {
		for _, o := range c.All("emperor") {
			if dir := o.Value; strings.Contains(path.Base(dir), ".") {
				folders[path.Base(path.Dir(dir))] = true // a glob of files
			} else {
				folders[path.Base(dir)] = true
			}
		}
	}
	return folders
}

func isVassal(c *uwsgi.Config, folders map[string]bool) bool {
	return folders[path.Base(path.Dir(strings.ReplaceAll(c.Main.Name, `\`, "/")))]
}

// start is a unit's command that starts uWSGI.
type start struct {
	unit *pair.Unit
	line string
}

// starts returns the commands of units that start uWSGI, by the names of the
// files they give it, without the folder; those of instances of a unit stand
// under the file's suffix.
func starts(p *lint.Pass) map[string]start {
	found := map[string]start{}
	for _, u := range p.Units {
		for _, line := range u.All("Service", "ExecStart") {
			words := strings.Fields(line)
			if !slices.ContainsFunc(words, isUwsgi) {
				continue
			}
			for _, word := range words {
				base := path.Base(strings.Trim(word[strings.LastIndexByte(word, '=')+1:], `"'`))
				if suffix, ok := strings.CutPrefix(strings.ToLower(base), "%i"); ok {
					base = suffix
				}
				if _, ok := found[base]; !ok && path.Ext(base) != "" {
					found[base] = start{u, line}
				}
			}
		}
	}
	return found
}

// startedBy returns what starts a configuration: the unit that names its file,
// or whose instance may.
func startedBy(c *uwsgi.Config, commands map[string]start) start {
	name := path.Base(strings.ReplaceAll(c.Main.Name, `\`, "/"))
	if s, ok := commands[name]; ok {
		return s
	}
	return commands[path.Ext(name)]
}

// isUwsgi tells whether a word of a command is uWSGI itself, which Debian also
// calls uwsgi-core, and PyPI pyuwsgi.
func isUwsgi(word string) bool {
	switch path.Base(strings.TrimLeft(word, "-@:+!")) {
	case "uwsgi", "uwsgi-core", "uwsgi_python3", "pyuwsgi":
		return true
	}
	return false
}

// commandLine returns the settings that a command gives as long options.
func commandLine(line string) map[string]bool {
	given := map[string]bool{}
	for _, word := range strings.Fields(line) {
		name, ok := strings.CutPrefix(word, "--")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, "=")
		for _, row := range option.Lookup(name) {
			given[row.Setting] = true
		}
	}
	return given
}

// isDebians tells whether Debian's init script starts a configuration: its
// defaults are read first, and it stops uWSGI in its own way.
func isDebians(c *uwsgi.Config) bool {
	return len(c.Options) > 0 && !slices.Contains(c.Files, c.Options[0].File)
}

// lacks tells whether nothing sets an option: neither the file and what is read
// with it, nor the command line that is known to start it.
func (a *application) lacks(name string) bool {
	if a.Get(name) != nil {
		return false
	}
	for _, row := range option.Lookup(name) {
		if a.given[row.Setting] {
			return false
		}
	}
	return true
}

// isOn tells whether a flag is on, or may be; master counts what implies it.
func (a *application) isOn(name string) bool {
	if o := a.Get(name); o != nil {
		return !isKnown(o) || uwsgi.IsTrue(o.Value)
	}
	return a.Bool(name) || !a.lacks(name)
}

// number returns the number an option is set to, 0 where it is not set; it is
// false where the number cannot be known.
func (a *application) number(name string) (n int, ok bool) {
	o := a.Get(name)
	if o == nil {
		return 0, a.lacks(name)
	}
	if !isKnown(o) || o.Maybe {
		return 0, false
	}
	n, _ = uwsgi.Number(o.Value)
	return n, true
}

// loads tells whether a configuration says which Python application to load.
func loads(c *uwsgi.Config) bool { return loader(c) != nil }

// loader returns the first option that names a Python application, or nil.
func loader(c *uwsgi.Config) *uwsgi.Option {
	for _, name := range [...]string{"module", "wsgi-file", "mount", "paste", "ini-paste", "ini-paste-logged", "web3", "pump", "wsgi-lite", "eval", "fs-mount", "vhost-host"} {
		if o := c.Get(name); o != nil {
			return o
		}
	}
	return nil
}

// absent reports a flag that an application should have on: beside its value
// where it is off, at the header where it is not set. It returns the finding
// for the caller to say why, or nil where the flag is on.
func (a *application) absent(name string, off, unset diag.Text) *diag.Diagnostic {
	if a.isOn(name) {
		return nil
	}
	if o := a.Get(name); o != nil {
		return &diag.Diagnostic{Location: o.ValueLocation(), Message: off, Fix: setValue(o, "true")}
	}
	return &diag.Diagnostic{Location: headerLocation(a.Config), Message: unset, Fix: addOption(a.Config, name, "true")}
}

// unitValue returns the last value of a key in the unit's section [Service].
func (a *application) unitValue(key string) string {
	values := a.unit.All("Service", key)
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}
