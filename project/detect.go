package project

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Evidence is one thing that was found in a folder, or guessed from it.
type Evidence struct {
	Field   string // section.key of the description, or "pair"
	Value   string
	Guessed bool      // nothing in the folder says so
	Why     diag.Text // what says so
	File    string    // relative to the folder; "" for none
	Line    int       // from 1; 0 for none
}

// Detection is what a folder tells of the project in it.
type Detection struct {
	Project *Project
	Found   []Evidence
	// Pair holds nginx and uWSGI files that stand there already.
	Pair []string
	// Unreadable holds folders that could not be looked into.
	Unreadable []string
}

// ErrNothing is the error for a folder that holds no Python web application.
type ErrNothing struct{ Dir string }

// Error says what was looked for.
func (e *ErrNothing) Error() string {
	return fmt.Sprintf("no Python web application in %s: neither manage.py, nor a Flask app, nor a WSGI callable; name it with --module package.module:callable", e.Dir)
}

// The bounds of the search.
const (
	maxFiles      = 20000
	maxFolders    = 6 // levels
	maxSourceFile = 1 << 20
)

// Detect looks at a folder without running anything in it.
func Detect(dir string) (*Detection, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", dir, err)
	}
	if info, err := os.Stat(abs); err != nil {
		return nil, fmt.Errorf("look at the project: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder", dir)
	}
	d := &detector{dir: abs, out: &Detection{Project: New()}}
	d.list()
	p := d.out.Project
	p.Name = projectName(filepath.Base(abs))
	d.guess("project.name", p.Name, diag.T("the folder's name"), "", 0)
	p.Root = "/srv/" + p.Name
	d.guess("project.root", p.Root, diag.T("the usual place for a site's files"), "", 0)
	p.Chdir = ""
	p.Servers, p.Routes = []Server{NewServer("main")}, nil
	found := d.django() || d.flask() || d.wsgi()
	d.virtualenv()
	d.python()
	d.frontEnd()
	d.openAPI()
	d.existing()
	p.Routes = append(p.Routes, d.appRoute())
	p.App.Endpoint, p.App.User, p.App.Group = "", "", ""
	p.fill()
	if !found {
		return d.out, &ErrNothing{dir}
	}
	return d.out, nil
}

type detector struct {
	baseDir string // Django's BASE_DIR, relative to the project's folder
	dir     string
	files   []string // relative, with slashes, shallow ones first
	out     *Detection
	spa     bool
}

func (d *detector) found(field, value string, why diag.Text, file string, line int) {
	d.out.Found = append(d.out.Found, Evidence{field, value, false, why, file, line})
}

func (d *detector) guess(field, value string, why diag.Text, file string, line int) {
	d.out.Found = append(d.out.Found, Evidence{field, value, true, why, file, line})
}

// skippedFolders hold nothing of the project's own.
var skippedFolders = []string{"node_modules", "__pycache__", "site-packages", "venv", "env", "tests", "test", "migrations", "deploy", "docs"}

// list walks the folder, breadth first, so that shallow files come first.
func (d *detector) list() {
	folders := []string{"."}
	for level := 0; level < maxFolders && len(folders) > 0; level++ {
		var next []string
		for _, folder := range folders {
			entries, err := os.ReadDir(filepath.Join(d.dir, folder))
			if err != nil {
				d.out.Unreadable = append(d.out.Unreadable, folder)
				continue
			}
			for _, e := range entries {
				name := path.Join(folder, e.Name())
				switch {
				case e.IsDir():
					if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(skippedFolders, e.Name()) && !d.has(name+"/pyvenv.cfg") {
						next = append(next, name)
					}
				case e.Type().IsRegular() || e.Type()&fs.ModeSymlink != 0:
					if len(d.files) < maxFiles {
						d.files = append(d.files, name)
					}
				}
			}
		}
		folders = next
	}
}

func (d *detector) has(name string) bool {
	info, err := os.Stat(filepath.Join(d.dir, name))
	return err == nil && info.Mode().IsRegular()
}

func (d *detector) read(name string) string {
	full := filepath.Join(d.dir, name)
	info, err := os.Stat(full)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSourceFile {
		return ""
	}
	src, err := os.ReadFile(full)
	if err != nil {
		return ""
	}
	return string(src)
}

// projectName makes a name for units and sockets of a folder's.
func projectName(folder string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(folder) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && (c == '-' || c == '_' || c == '.' || c == ' '):
			b.WriteByte('-')
		}
	}
	if name := strings.TrimRight(b.String(), "-"); name != "" {
		return name
	}
	return "app"
}

// module returns the Python module of a file below base.
func module(file, base string) string {
	rel := strings.TrimSuffix(file, ".py")
	if base != "." {
		rel = strings.TrimPrefix(rel, base+"/")
	}
	return strings.ReplaceAll(strings.TrimSuffix(rel, "/__init__"), "/", ".")
}

func (d *detector) virtualenv() {
	for _, name := range []string{".venv", "venv", "env"} {
		if d.has(name + "/pyvenv.cfg") {
			d.out.Project.Virtualenv = name
			d.found("project.virtualenv", name, diag.T("the folder holds pyvenv.cfg"), name+"/pyvenv.cfg", 0)
			return
		}
	}
	for _, lock := range []struct{ file, tool string }{
		{"uv.lock", "uv"}, {"poetry.lock", "Poetry"}, {"Pipfile.lock", "Pipenv"}, {"requirements.txt", "pip"}, {"pyproject.toml", "pip"},
	} {
		if d.has(lock.file) {
			d.out.Project.Virtualenv = ".venv"
			d.guess("project.virtualenv", ".venv", diag.T("%s installs into a virtualenv; none is here yet", lock.tool), lock.file, 0)
			return
		}
	}
}

func (d *detector) python() {
	set := func(version, file string, line int) bool {
		version = strings.TrimLeft(strings.TrimSpace(version), "python-<>=~^ \"'")
		end := strings.IndexFunc(version, func(c rune) bool { return (c < '0' || c > '9') && c != '.' })
		if end >= 0 {
			version = version[:end]
		}
		parts := strings.Split(strings.Trim(version, "."), ".")
		if len(parts) < 2 {
			return false
		}
		d.out.Project.Python = parts[0] + "." + parts[1]
		d.found("project.python", d.out.Project.Python, diag.T("the file names the version"), file, line)
		return true
	}
	for _, name := range []string{".venv/pyvenv.cfg", "venv/pyvenv.cfg", "env/pyvenv.cfg"} {
		for i, line := range strings.Split(d.read(name), "\n") {
			if v, ok := strings.CutPrefix(line, "version"); ok && set(strings.TrimLeft(v, "_info ="), name, i+1) {
				return
			}
		}
	}
	for _, name := range []string{".python-version", "runtime.txt"} {
		if text := d.read(name); text != "" && set(text, name, 1) {
			return
		}
	}
	for i, line := range strings.Split(d.read("pyproject.toml"), "\n") {
		key, v, ok := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); ok && (key == "requires-python" || key == "python") && set(v, "pyproject.toml", i+1) {
			return
		}
	}
}

// frontEnd finds a built single-page front end.
func (d *detector) frontEnd() {
	for _, file := range d.files {
		dir := path.Dir(file)
		if path.Base(file) != "index.html" || (path.Base(dir) != "dist" && path.Base(dir) != "build" && path.Base(dir) != "out") {
			continue
		}
		r := NewRoute("front")
		r.Kind, r.Path, r.Dir = ToSPA, "/", dir
		d.out.Project.Routes = append(d.out.Project.Routes, r)
		d.spa = true
		d.found("route.front", dir, diag.T("a built front end: index.html in a folder called %s", path.Base(dir)), file, 0)
		return
	}
}

func (d *detector) openAPI() {
	for _, file := range d.files {
		switch path.Base(file) {
		case "openapi.yaml", "openapi.yml", "openapi.json":
			if !strings.Contains(d.read(file), "openapi") {
				continue // a Swagger 2.0 description, which is not read
			}
			d.out.Project.OpenAPI = file
			d.found("project.openapi", file, diag.T("an OpenAPI file"), file, 0)
			return
		}
	}
}

// existing lists nginx and uWSGI files that stand there already.
func (d *detector) existing() {
	for _, file := range d.files {
		base := path.Base(file)
		isIni := strings.HasSuffix(base, ".ini") && strings.Contains(d.read(file), "[uwsgi]")
		isConf := strings.HasSuffix(base, ".conf") && strings.Contains(base, "nginx")
		if isIni || isConf {
			d.out.Pair = append(d.out.Pair, file)
			d.found("pair", file, diag.T("a configuration that stands here already; `deployctl import` reads it"), file, 0)
		}
	}
}

// appRoute returns the route to the application: everything, or beside a front
// end the prefixes that a Python application usually has.
func (d *detector) appRoute() Route {
	r := NewRoute("app")
	if d.spa {
		r.Path = "/api/"
		d.guess("route.app", r.Path, diag.T("beside a front end the application usually answers below /api/"), "", 0)
	}
	return r
}
