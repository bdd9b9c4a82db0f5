package uwsgirule

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// MissingPath finds files and folders that are not there, on the machine itself.
var MissingPath = &lint.Rule{
	ID:       "uwsgi-missing-path",
	Severity: diag.Error,
	Summary:  "a file or folder that is not on this machine",
	Page:     page("uwsgi-missing-path"),
	Check:    checkMissingPath,
}

func checkMissingPath(p *lint.Pass) {
	if p.Machine == nil {
		return // the files will lie elsewhere
	}
	for _, c := range p.Uwsgi {
		if c.Get("chroot") != nil || c.Get("pivot-root") != nil {
			continue // paths are those of another root
		}
		dir, ok := workFolder(p, c)
		folders(p, c)
		early(p, c)
		for _, name := range [...]string{"home", "wsgi-file", "paste", "pythonpath"} {
			for _, o := range c.All(name) {
				if file := within(dir, ok, o); file != "" && !machine.Exists(p.Machine, file) {
					missing(p, o, file)
				}
			}
		}
		if o := c.Get("module"); o != nil && ok && dir != "" && c.Get("pythonpath") == nil {
			missingModule(p, c, o, dir)
		}
	}
}

// workFolder reports a chdir that leads nowhere, and returns the folder that
// relative paths of the application start in, "" where it is not known.
func workFolder(p *lint.Pass, c *uwsgi.Config) (dir string, ok bool) {
	o := c.Get("chdir")
	if o == nil {
		return "", true
	}
	if !isKnown(o) || o.Maybe || !filepath.IsAbs(o.Value) {
		return "", false
	}
	if !machine.Exists(p.Machine, o.Value) {
		p.Report(diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("%s leads to %s, which is not there", o.Key, o.Value),
			Why:      diag.T("uWSGI ends with exit code 1: chdir(): No such file or directory"),
		})
		return "", false
	}
	return o.Value, true
}

// within returns the path of an option's value, or "" where it is not known.
func within(dir string, ok bool, o *uwsgi.Option) string {
	switch {
	case !isKnown(o) || o.Maybe || o.Value == "" || strings.Contains(o.Value, "://") || strings.ContainsAny(o.Value, "*?["):
		return ""
	case filepath.IsAbs(o.Value):
		return o.Value
	case !ok || dir == "":
		return ""
	}
	return filepath.Join(dir, o.Value)
}

func missing(p *lint.Pass, o *uwsgi.Option, file string) {
	d := diag.Diagnostic{Location: o.ValueLocation(), Message: diag.T("%s leads to %s, which is not there", o.Key, file)}
	switch o.Info.Setting {
	case option.Lookup("home")[0].Setting:
		d.Why = diag.T("Python does not start: ModuleNotFoundError: No module named 'encodings'")
	case option.Lookup("wsgi-file")[0].Setting:
		d.Why = diag.T("uWSGI logs unable to load app 0 (mountpoint='') (callable not found or import error), and requests end with 500")
	case option.Lookup("pythonpath")[0].Setting:
		d.Severity = diag.Warning
		d.Why = diag.T("Python passes over it: modules that should come from there are not found")
	}
	p.Report(d)
}

// folders reports log and pid files whose folder is not there.
func folders(p *lint.Pass, c *uwsgi.Config) {
	for _, name := range [...]string{"logto", "daemonize", "pidfile"} {
		o := c.Get(name)
		if o == nil || !isKnown(o) || o.Maybe || !filepath.IsAbs(o.Value) || machine.Exists(p.Machine, filepath.Dir(o.Value)) || strings.HasPrefix(o.Value, "/run/") || strings.HasPrefix(o.Value, "/var/run/") {
			continue // a unit may make a folder of /run
		}
		d := diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("%s leads to the folder %s, which is not there", o.Key, filepath.Dir(o.Value)),
			Why:      diag.T("uWSGI ends with exit code 1: open(%q): No such file or directory", o.Value),
		}
		if name == "daemonize" {
			d.Why = diag.T("uWSGI ends, and its exit code is 0 all the same: open(%q): No such file or directory", o.Value)
		}
		p.Report(d)
	}
}

// pluginFolders are where the distributions' uWSGI looks for plugins.
var pluginFolders = []string{"/usr/lib/uwsgi/plugins", "/usr/lib64/uwsgi"}

// early reports what uWSGI asks the disk for while it reads its configuration:
// folders of spoolers, and plugins.
func early(p *lint.Pass, c *uwsgi.Config) {
	for _, name := range [...]string{"spooler", "spooler-external"} {
		for _, o := range c.All(name) {
			if !isKnown(o) || o.Maybe || !filepath.IsAbs(o.Value) || machine.Exists(p.Machine, o.Value) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: o.ValueLocation(),
				Message:  diag.T("%s leads to %s, which is not there", o.Key, o.Value),
				Why:      diag.T("uWSGI ends with exit code 1: [spooler directory] access(): No such file or directory"),
			})
		}
	}
	i := slices.IndexFunc(pluginFolders, func(dir string) bool { return machine.Exists(p.Machine, dir) })
	if i < 0 || c.Get("plugins-dir") != nil {
		return
	}
	for _, o := range slices.Concat(c.All("plugin"), c.All("need-plugin")) {
		if !isKnown(o) || o.Maybe {
			continue
		}
		for name := range strings.SplitSeq(o.Value, ",") {
			name = strings.TrimSpace(name[strings.LastIndexByte(name, ':')+1:])
			if name == "" || strings.Contains(name, "/") || machine.Exists(p.Machine, filepath.Join(pluginFolders[i], name+"_plugin.so")) {
				continue
			}
			d := diag.Diagnostic{
				Location: o.ValueLocation(),
				Message:  diag.T("there is no plugin %s in %s", name, pluginFolders[i]),
				Severity: diag.Warning,
				Why:      diag.T("uWSGI logs !!! UNABLE to load uWSGI plugin, and goes on without it, unless it is built in"),
				Help:     diag.T("install the package of the plugin"),
			}
			if strings.HasPrefix(o.Key, "need-") {
				d.Severity = diag.Error
				d.Why = diag.T("uWSGI ends with exit code 1, unless it is built in: unable to load plugin %q", name)
			}
			p.Report(d)
		}
	}
}

// missingModule reports a module that is neither in the application's folder
// nor, as a package, in its virtualenv.
func missingModule(p *lint.Pass, c *uwsgi.Config, o *uwsgi.Option, dir string) {
	name, _, _ := strings.Cut(o.Value, ":")
	if !isKnown(o) || o.Maybe || name == "" || strings.ContainsAny(name, "/\\ ") {
		return
	}
	first, _, nested := strings.Cut(name, ".")
	roots := []string{dir}
	home := c.Get("home")
	switch {
	case home == nil:
		return // it may be among the system's packages
	case !isKnown(home) || !filepath.IsAbs(home.Value) || !machine.Exists(p.Machine, home.Value):
		return
	}
	packages := p.Machine.Glob(filepath.Join(home.Value, "lib", "python3*", "site-packages"))
	roots = append(roots, packages...)
	for _, root := range roots {
		if len(p.Machine.Glob(filepath.Join(root, "*.pth"))) > 0 {
			return // folders elsewhere are searched too
		}
		if machine.Exists(p.Machine, filepath.Join(root, first)) && nested || machine.Exists(p.Machine, filepath.Join(root, first+".py")) ||
			machine.Exists(p.Machine, filepath.Join(root, first, "__init__.py")) {
			return
		}
	}
	p.Report(diag.Diagnostic{
		Location: o.ValueLocation(),
		Message:  diag.T("there is no module %s in %s, and none in the virtualenv", first, dir),
		Why:      diag.T("uWSGI logs ModuleNotFoundError: No module named '%s', and requests end with 500", first),
	})
}
