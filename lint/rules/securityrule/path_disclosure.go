package securityrule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi"
)

// PathDisclosure reports servers that give the application's own files away.
var PathDisclosure = &lint.Rule{
	ID:       "nginx-path-disclosure",
	Severity: diag.Error,
	Summary:  "the application's source, settings, database or virtualenv is served as files",
	Page:     page("nginx-path-disclosure"),
	Check:    checkPathDisclosure,
}

// secret is a file that no client may read.
type secret struct {
	path   string
	what   diag.Text
	option *uwsgi.Option
}

// maxSecrets is how many files of one folder are tried: one is enough to know.
const maxSecrets = 4

func checkPathDisclosure(p *lint.Pass) {
	below := secrets(p)
	for _, c := range p.Nginx {
		for _, s := range c.Servers {
			if s.Opener == nil {
				continue
			}
			seen := map[*site.Node]bool{}
			finder := s.Finder()
			for _, f := range folders(s) {
				checkFolder(p, f.at, seen)
				for _, x := range below[path.Clean(f.at.Arg(0))] {
					checkSecret(p, finder, f, x, seen)
				}
			}
			checkSource(p, finder, s)
		}
	}
}

// secrets returns the files that the uWSGI files name, by each folder that
// they lie below.
func secrets(p *lint.Pass) map[string][]secret {
	below := map[string][]secret{}
	add := func(dir, file string, what diag.Text, o *uwsgi.Option) {
		if !path.IsAbs(file) {
			file = path.Join(dir, file)
		}
		if !path.IsAbs(file) || o.Unresolved {
			return
		}
		for up := path.Dir(file); ; up = path.Dir(up) {
			if len(below[up]) < maxSecrets {
				below[up] = append(below[up], secret{file, what, o})
			}
			if up == "/" {
				return
			}
		}
	}
	for _, c := range p.Uwsgi {
		dir := ""
		if o := c.Get("chdir"); o != nil && !o.Unresolved {
			dir = o.Value
		}
		for _, name := range []string{"wsgi-file", "file"} {
			if o := c.Get(name); o != nil {
				add(dir, o.Value, diag.T("the application's source"), o)
			}
		}
		if o := c.Get("module"); o != nil {
			module, _, _ := strings.Cut(o.Value, ":")
			add(dir, strings.ReplaceAll(module, ".", "/")+".py", diag.T("the application's source"), o)
		}
		for _, o := range c.All("env") {
			if name, value, _ := strings.Cut(o.Value, "="); name == "DJANGO_SETTINGS_MODULE" {
				add(dir, strings.ReplaceAll(value, ".", "/")+".py", diag.T("the settings with the secret key"), o)
			}
		}
		for _, name := range []string{"virtualenv", "home", "venv", "pyhome"} {
			if o := c.Get(name); o != nil {
				add(dir, path.Join(o.Value, "pyvenv.cfg"), diag.T("the virtualenv"), o)
				break
			}
		}
	}
	return below
}

// served is a root or alias directive, and the location that it stands in.
type served struct {
	at       *site.Node
	location *site.Location
}

// folders returns the root and alias directives that hold somewhere in a server.
func folders(s *site.Server) []served {
	var found []served
	if n := last(s.Scope, "root"); n != nil {
		found = append(found, served{n, nil})
	}
	for l := range s.All() {
		for _, name := range []string{"root", "alias"} {
			for _, n := range l.Here(name) {
				found = append(found, served{n, l})
			}
		}
	}
	return found
}

// checkSecret asks the server for a secret file below a folder.
func checkSecret(p *lint.Pass, finder *site.Finder, f served, x secret, seen map[*site.Node]bool) {
	at, l := f.at, f.location
	uri := strings.TrimPrefix(x.path, strings.TrimSuffix(path.Clean(at.Arg(0)), "/"))
	if at.Name.Value == "alias" {
		if l.Kind != site.Prefix && l.Kind != site.PrefixNoRegex {
			return
		}
		uri = strings.TrimSuffix(l.Pattern, "/") + uri
	}
	r := finder.Find(uri)
	scope := scopeOf(r)
	if seen[at] || !servesFiles(scope) || restricted(scope) || fileOf(r, uri) != x.path {
		return
	}
	seen[at] = true
	p.Report(diag.Diagnostic{
		Location: at.HeadLocation(),
		Message:  diag.T("%s is served: GET %s answers with %s", x.what, uri, x.path),
		Why:      diag.T("nginx sends any file of the folder that it may read, 200 OK: source, settings with their secrets, the database"),
		Help:     diag.T("name the folder of the static files alone, such as %s/static/", path.Dir(x.path)),
		Related:  []diag.Related{{Location: x.option.ValueLocation(), Message: diag.T("uWSGI runs it from there")}},
	})
}

// fileOf returns the file that a request leads to, "" when it cannot be known.
func fileOf(r site.Result, uri string) string {
	scope := scopeOf(r)
	if l := r.Location; l != nil {
		if alias := last(scope, "alias"); alias != nil {
			if alias.Scope != scope || !known(alias.Arg(0)) || !strings.HasPrefix(uri, l.Pattern) {
				return ""
			}
			return path.Clean(alias.Arg(0) + uri[len(l.Pattern):])
		}
	}
	root := last(scope, "root")
	if root == nil || !known(root.Arg(0)) {
		return ""
	}
	return path.Join(root.Arg(0), uri)
}

// privateFolders are names of folders that hold nothing for clients.
var privateFolders = map[string]diag.Text{
	".git": diag.T("the history of the source"), ".svn": diag.T("the source"), ".hg": diag.T("the history of the source"),
	".venv": diag.T("the virtualenv"), "venv": diag.T("the virtualenv"), "virtualenv": diag.T("the virtualenv"), "site-packages": diag.T("the virtualenv"),
}

// checkFolder finds folders that are private by their name.
func checkFolder(p *lint.Pass, at *site.Node, seen map[*site.Node]bool) {
	dir := path.Clean(at.Arg(0))
	what := privateFolders[path.Base(dir)]
	if what.IsZero() || !known(at.Arg(0)) || hands(at.Scope) || restricted(at.Scope) || seen[at] {
		return
	}
	seen[at] = true
	p.Report(diag.Diagnostic{
		Location: at.HeadLocation(),
		Message:  diag.T("%s %s serves %s", at.Name.Value, at.Arg(0), what),
		Why:      diag.T("nginx sends any file of the folder that it may read, 200 OK: source, settings with their secrets, the database"),
		Help:     diag.T("name the folder of the static files alone"),
	})
}

// sourceEndings are the endings of files that a location has no reason to name.
var sourceEndings = []string{"py", "pyc", "ini", "env", "sqlite3", "db", "sql", "log", "bak", "conf", "pem", "key"}

// checkSource finds regular expressions that serve files of such an ending by name.
func checkSource(p *lint.Pass, f *site.Finder, s *site.Server) {
	var any *site.Location
	tried := false
	seen := map[*site.Location]bool{}
	if !servesByRegex(s) {
		return
	}
	for _, ending := range sourceEndings {
		l := f.Find("/x." + ending).Location
		if l == nil || l.Kind != site.Regex && l.Kind != site.RegexNoCase || seen[l] || !servesFiles(l.Scope) || restricted(l.Scope) {
			continue
		}
		if !tried {
			any, tried = f.Find("/x.zzq").Location, true
		}
		if l == any {
			continue // it takes every file
		}
		seen[l] = true
		p.Report(diag.Diagnostic{
			Location: l.Opener.HeadLocation(),
			Message:  diag.T("this location serves files that end with .%s", ending),
			Why:      diag.T("nginx sends any file of the folder that it may read, 200 OK: source, settings with their secrets, the database"),
			Help:     diag.T("leave the ending out, or refuse it with `return 404;`"),
		})
	}
}

// servesByRegex tells whether a regular expression of a server leads to files.
func servesByRegex(s *site.Server) bool {
	for l := range s.All() {
		if (l.Kind == site.Regex || l.Kind == site.RegexNoCase) && servesFiles(l.Scope) && !restricted(l.Scope) {
			return true
		}
	}
	return false
}
