package project

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// django finds a Django project: manage.py, its settings and its WSGI module.
func (d *detector) django() bool {
	manage := ""
	for _, file := range d.files {
		if path.Base(file) == "manage.py" && strings.Contains(d.read(file), "DJANGO_SETTINGS_MODULE") {
			if manage == "" {
				manage = file
			} else {
				d.guess("project.chdir", path.Dir(manage), diag.T("%s is another Django project; the one nearest to the top is taken", file), file, 0)
			}
		}
	}
	if manage == "" {
		return false
	}
	p := d.out.Project
	p.Framework = Django
	base := path.Dir(manage)
	d.found("project.framework", "django", diag.T("manage.py names a settings module"), manage, 0)
	if base != "." {
		p.Chdir = base
		d.found("project.chdir", base, diag.T("manage.py stands there"), manage, 0)
	}
	settings := d.settingsModule(manage)
	d.wsgiModule(base, settings)
	if settings == "" {
		return true
	}
	p.Env = append(p.Env, Var{"DJANGO_SETTINGS_MODULE", settings})
	d.baseDir = base
	for _, file := range d.settingsFiles(base, settings) {
		d.settings(base, file)
	}
	return true
}

// settingsModule returns the value that manage.py gives DJANGO_SETTINGS_MODULE.
func (d *detector) settingsModule(manage string) string {
	for i, line := range strings.Split(d.read(manage), "\n") {
		if !strings.Contains(line, "DJANGO_SETTINGS_MODULE") {
			continue
		}
		words := literals(line)
		for j, w := range words {
			if w == "DJANGO_SETTINGS_MODULE" && j+1 < len(words) {
				d.found("env.DJANGO_SETTINGS_MODULE", words[j+1], diag.T("manage.py sets it"), manage, i+1)
				return words[j+1]
			}
		}
	}
	return ""
}

// settingsFiles returns the files of a settings module: the module itself, and
// what it imports all of (`from .base import *`), the innermost first.
func (d *detector) settingsFiles(base, settings string) []string {
	file := path.Join(base, strings.ReplaceAll(settings, ".", "/"))
	switch {
	case d.has(file + ".py"):
		file += ".py"
	case d.has(file + "/__init__.py"):
		file += "/__init__.py"
	default:
		return nil
	}
	files := []string{file}
	for at := 0; at < len(files) && len(files) < 8; at++ {
		for line := range strings.SplitSeq(d.read(files[at]), "\n") {
			rest, ok := strings.CutPrefix(strings.TrimSpace(line), "from .")
			name, _, all := strings.Cut(rest, " import *")
			if !ok || !all || !isName(name) {
				continue
			}
			if next := path.Join(path.Dir(files[at]), name+".py"); d.has(next) {
				files = append(files, next)
			}
		}
	}
	// What is written outside overrides what it imports.
	for i, j := 0, len(files)-1; i < j; i, j = i+1, j-1 {
		files[i], files[j] = files[j], files[i]
	}
	return files
}

// wsgiModule finds the module with the WSGI callable.
func (d *detector) wsgiModule(base, settings string) {
	p := d.out.Project
	parent := ""
	if i := strings.LastIndexByte(settings, '.'); i >= 0 {
		parent = settings[:i]
	}
	for dir := parent; ; {
		file := path.Join(base, strings.ReplaceAll(dir, ".", "/"), "wsgi.py")
		if d.has(file) && strings.Contains(d.read(file), "application") {
			p.Module = module(file, base) + ":application"
			d.found("project.module", p.Module, diag.T("wsgi.py beside the settings defines application"), file, 0)
			return
		}
		i := strings.LastIndexByte(dir, '.')
		if i < 0 {
			break
		}
		dir = dir[:i]
	}
	for _, file := range d.files {
		if path.Base(file) == "wsgi.py" && strings.Contains(d.read(file), "get_wsgi_application") {
			p.Module = module(file, base) + ":application"
			d.found("project.module", p.Module, diag.T("wsgi.py calls get_wsgi_application"), file, 0)
			return
		}
	}
	p.Module = strings.TrimPrefix(parent+".wsgi:application", ".")
	d.guess("project.module", p.Module, diag.T("Django puts wsgi.py beside the settings; none is here"), "", 0)
}

// settings reads what the deployment needs of a settings file.
func (d *detector) settings(base, file string) {
	p := d.out.Project
	urls := map[string]assignment{}
	for _, a := range assignments(d.read(file)) {
		urls[a.name] = a
	}
	if dir, ok := dirOf(urls["BASE_DIR"].expr, file); ok {
		d.baseDir = dir
	}
	if a, ok := urls["WSGI_APPLICATION"]; ok {
		if s, ok := stringOf(a.expr); ok {
			if i := strings.LastIndexByte(s, '.'); i > 0 {
				p.Module = s[:i] + ":" + s[i+1:]
				d.found("project.module", p.Module, diag.T("WSGI_APPLICATION"), file, a.line)
			}
		}
	}
	for _, kind := range []struct {
		name, url, root string
		media           bool
	}{{"static", "STATIC_URL", "STATIC_ROOT", false}, {"media", "MEDIA_URL", "MEDIA_ROOT", true}} {
		url, ok := urls[kind.url]
		if !ok {
			continue
		}
		prefix, ok := stringOf(url.expr)
		if !ok || prefix == "" || strings.Contains(prefix, "://") {
			continue
		}
		prefix = "/" + strings.Trim(prefix, "/") + "/"
		r := NewRoute(kind.name)
		r.Kind, r.Path, r.Media = ToFiles, prefix, kind.media
		if root, ok := urls[kind.root]; ok {
			dir, known := pathOf(root.expr)
			switch above, ok := dirOf(root.expr, file); {
			case known && !path.IsAbs(dir):
				dir = path.Join(d.baseDir, dir)
			case !known && ok && len(literals(root.expr)) > 0:
				dir, known = path.Join(above, path.Join(literals(root.expr)...)), true
			}
			if known {
				r.Dir = dir
				d.found("route."+kind.name, prefix+" from "+dir, diag.T("%s and %s", kind.url, kind.root), file, root.line)
			}
		}
		if r.Dir == "" {
			r.Dir = path.Join(base, kind.name)
			if kind.name == "static" {
				r.Dir = path.Join(base, "staticfiles")
			}
			why := diag.T("%s is set, and %s is not: set it to this folder and run collectstatic", kind.url, kind.root)
			if root, ok := urls[kind.root]; ok {
				why = diag.T("%s is computed when the application runs: write its folder here", kind.root)
				url = root
			}
			d.guess("route."+kind.name, prefix+" from "+r.Dir, why, file, url.line)
		}
		if !kind.media {
			r.Expires = 7 * 24 * 3600 * 1e9
		}
		d.replaceRoute(r)
	}
	if a, ok := urls["ALLOWED_HOSTS"]; ok {
		var names []string
		for _, h := range elements(a.expr) {
			if h = strings.ToLower(h); h != "*" && h != "localhost" && h != "127.0.0.1" && h != "[::1]" && h != "" && !strings.ContainsAny(h, " ;{}$'\"/") {
				names = append(names, h)
			}
		}
		if len(names) > 0 {
			p.Servers[0].Names = names
			d.found("server.main.names", strings.Join(names, " "), diag.T("ALLOWED_HOSTS"), file, a.line)
		}
	}
}

// replaceRoute adds a route; a settings file read later overrides one read before.
func (d *detector) replaceRoute(r Route) {
	p := d.out.Project
	for i := range p.Routes {
		if p.Routes[i].Name == r.Name {
			p.Routes[i] = r
			return
		}
	}
	p.Routes = append(p.Routes, r)
}

// flask finds a Flask application: a module-level Flask object, or a factory
// that a WSGI module calls.
func (d *detector) flask() bool {
	factory := ""
	for _, file := range d.files {
		if !strings.HasSuffix(file, ".py") {
			continue
		}
		src := d.read(file)
		if !strings.Contains(src, "flask") && !strings.Contains(src, "create_app") {
			continue
		}
		for _, a := range assignments(src) {
			if strings.HasPrefix(a.expr, "Flask(") || strings.HasPrefix(a.expr, "flask.Flask(") || (strings.HasPrefix(a.expr, "create_app(") || strings.HasPrefix(a.expr, "make_app(")) {
				base := sourceBase(d, file)
				d.setFlask(file, base, module(file, base)+":"+a.name, a.line)
				return true
			}
		}
		if factory == "" && strings.Contains(src, "def create_app(") && strings.Contains(src, "Flask(") {
			factory = file
		}
	}
	if factory == "" {
		return false
	}
	// uWSGI calls a callable that is written with parentheses.
	base := sourceBase(d, factory)
	line := 0
	for i, l := range strings.Split(d.read(factory), "\n") {
		if strings.HasPrefix(l, "def create_app(") {
			line = i + 1
		}
	}
	d.setFlask(factory, base, module(factory, base)+":create_app()", line)
	return true
}

func (d *detector) setFlask(file, base, mod string, line int) {
	p := d.out.Project
	p.Framework, p.Module = Flask, mod
	d.found("project.framework", "flask", diag.T("a Flask application"), file, line)
	d.found("project.module", mod, diag.T("the application is made here"), file, line)
	if base != "." {
		p.Chdir = base
		d.found("project.chdir", base, diag.T("the module is imported from there"), file, 0)
	}
	static := path.Join(path.Dir(file), "static")
	for _, f := range d.files {
		if strings.HasPrefix(f, static+"/") {
			r := NewRoute("static")
			r.Kind, r.Path, r.Dir, r.Expires = ToFiles, "/static/", static, 7*24*3600*1e9
			p.Routes = append(p.Routes, r)
			d.found("route.static", "/static/ from "+static, diag.T("Flask serves its static folder there"), f, 0)
			return
		}
	}
}

// sourceBase returns the folder that a file's module is imported from: the
// first one upwards that is no package.
func sourceBase(d *detector, file string) string {
	dir := path.Dir(file)
	for dir != "." && d.has(dir+"/__init__.py") {
		dir = path.Dir(dir)
	}
	return dir
}

// wsgi finds a bare WSGI callable.
func (d *detector) wsgi() bool {
	for _, file := range d.files {
		if !strings.HasSuffix(file, ".py") {
			continue
		}
		src := d.read(file)
		name, line := "", 0
		for i, l := range strings.Split(src, "\n") {
			for _, def := range []string{"application", "app"} {
				if strings.HasPrefix(l, "def "+def+"(") && strings.Contains(l, ",") && strings.Contains(src, "start_response") {
					name, line = def, i+1
				}
			}
		}
		for _, a := range assignments(src) {
			if name == "" && a.name == "application" {
				name, line = "application", a.line
			}
		}
		if name == "" {
			continue
		}
		base := sourceBase(d, file)
		d.out.Project.Framework = WSGI
		d.out.Project.Module = module(file, base) + ":" + name
		d.found("project.framework", "wsgi", diag.T("a WSGI callable"), file, line)
		d.found("project.module", d.out.Project.Module, diag.T("the callable is defined here"), file, line)
		if base != "." {
			d.out.Project.Chdir = base
			d.found("project.chdir", base, diag.T("the module is imported from there"), file, 0)
		}
		return true
	}
	return false
}
