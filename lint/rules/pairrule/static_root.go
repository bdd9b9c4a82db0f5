package pairrule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// StaticRoot finds static files that nginx looks for in another folder than
// the author meant.
var StaticRoot = &lint.Rule{
	ID:       "pair-static-root",
	Severity: diag.Error,
	Summary:  "a location's root or alias leads to another folder than the files are in",
	Fixable:  true,
	Page:     page("pair-static-root"),
	Check:    checkStaticRoot,
}

func checkStaticRoot(p *lint.Pass) {
	maps := staticMaps(p)
	for _, c := range p.Nginx {
		for loc := range c.Locations() {
			if loc.Kind != site.Prefix && loc.Kind != site.PrefixNoRegex {
				continue
			}
			for _, root := range loc.Here("root") {
				checkDoubledRoot(p, loc, root)
			}
			for _, alias := range loc.Here("alias") {
				checkAliasSlash(p, loc, alias)
				checkStaticMap(p, maps, loc, alias)
				checkSettings(p, loc, alias)
			}
		}
	}
}

// checkDoubledRoot finds `location /static/ { root .../static; }`: nginx
// appends the whole URI to root, so the prefix appears twice in the path.
func checkDoubledRoot(p *lint.Pass, loc *site.Location, root *site.Node) {
	dir := strings.TrimRight(root.Arg(0), "/")
	prefix := strings.TrimRight(loc.Pattern, "/")
	last := path.Base(prefix)
	if prefix == "" || len(last) < 3 || !knownPath(root.Arg(0)) {
		return
	}
	d := diag.Diagnostic{
		Location: root.Location(1),
		Message:  diag.T("root %q in location %q makes nginx look for %s/...", root.Arg(0), loc.Pattern, dir+prefix),
		Why:      diag.T("root is followed by the whole URI: the files answer 404, and the error log says open() %q failed (2: No such file or directory)", dir+prefix+"/..."),
		Help:     diag.T("write `alias %s/;` for files that lie in %s itself, or set root to the folder above %s", dir, dir, prefix),
	}
	switch {
	case strings.HasSuffix(dir, prefix):
	case strings.Contains(strings.ToLower(path.Base(dir)), strings.ToLower(last)):
		d.Severity = diag.Warning // a folder of such a name may well hold one of the prefix's name
	default:
		return
	}
	d.Fix = &diag.Fix{
		Message: diag.T("replace root with alias"),
		Edits:   []diag.Edit{{File: root.File.File, Span: root.Head(), New: "alias " + quoted(root.Args[0], dir+"/")}},
	}
	if strings.HasSuffix(loc.Pattern, "/") {
		p.Report(d)
		return
	}
	d.Fix = nil // an alias without the slash in the location would open the folder above
	p.Report(d)
}

// checkAliasSlash finds `location /static/ { alias /srv/static; }`: alias
// replaces the prefix, slash included, so /static/a.css becomes /srv/statica.css.
func checkAliasSlash(p *lint.Pass, loc *site.Location, alias *site.Node) {
	dir := alias.Arg(0)
	if !strings.HasSuffix(loc.Pattern, "/") || loc.Pattern == "/" || strings.HasSuffix(dir, "/") || !knownPath(dir) {
		return
	}
	p.Report(diag.Diagnostic{
		Location: alias.Location(1),
		Message:  diag.T("alias %q has no slash at its end, and location %q has one", dir, loc.Pattern),
		Why:      diag.T("alias takes the place of the whole prefix: %sapp.css becomes %sapp.css, which answers 404", loc.Pattern, dir),
		Help:     diag.T("write `alias %s/;`", dir),
		Fix: &diag.Fix{
			Message: diag.T("add the slash"),
			Edits:   []diag.Edit{{File: alias.File.File, Span: alias.Args[0].Span(), New: quoted(alias.Args[0], dir+"/")}},
		},
	})
}

// checkStaticMap compares the folder with that of uWSGI's static-map of the same prefix.
func checkStaticMap(p *lint.Pass, maps map[string][]staticMap, loc *site.Location, alias *site.Node) {
	dir := path.Clean(alias.Arg(0))
	if !knownPath(alias.Arg(0)) {
		return
	}
	for _, m := range maps[strings.TrimRight(loc.Pattern, "/")] {
		if !path.IsAbs(m.dir) || path.Clean(m.dir) == dir {
			continue
		}
		p.Report(diag.Diagnostic{
			Severity: diag.Warning,
			Location: alias.Location(1),
			Message:  diag.T("nginx serves %q from %s, and uWSGI's static-map from %s", loc.Pattern, dir, m.dir),
			Help:     diag.T("name the same folder in both, or remove the static-map: nginx answers first"),
			Related: []diag.Related{{
				Location: m.option.ValueLocation(),
				Message:  diag.T("the folder uWSGI serves it from"),
			}},
		})
	}
}

// checkSettings compares the folder with the STATIC_ROOT of the Django project
// whose settings stand beside the files. The project may lie elsewhere on the
// server, so the end of the path is compared.
func checkSettings(p *lint.Pass, loc *site.Location, alias *site.Node) {
	root := strings.Trim(path.Clean("/"+p.Target.StaticRoot), "/")
	if root == "" || loc.Pattern != p.Target.StaticURL || !knownPath(alias.Arg(0)) {
		return
	}
	if dir := path.Clean(alias.Arg(0)); dir == "/"+root || strings.HasSuffix(dir, "/"+root) {
		return
	}
	p.Report(diag.Diagnostic{
		Severity: diag.Warning,
		Location: alias.Location(1),
		Message:  diag.T("nginx serves %q from %s, and the Django settings say STATIC_ROOT is %s", loc.Pattern, alias.Arg(0), p.Target.StaticRoot),
		Why:      diag.T("collectstatic puts the files there: here they answer 404"),
		Help:     diag.T("name the folder of STATIC_ROOT"),
	})
}
