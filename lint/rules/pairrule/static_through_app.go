package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// StaticThroughApp finds static files that go through uWSGI though nginx
// stands in front of it.
var StaticThroughApp = &lint.Rule{
	ID:       "pair-static-through-app",
	Severity: diag.Info,
	Summary:  "static files are served by uWSGI though nginx stands in front",
	Page:     page("pair-static-through-app"),
	Check:    checkStaticThroughApp,
}

func checkStaticThroughApp(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		via := passTo(p, c)
		if via == nil {
			continue
		}
		for _, name := range []string{"static-map", "static-map2", "check-static"} {
			for _, o := range c.All(name) {
				p.Report(diag.Diagnostic{
					Location: o.KeyLocation(),
					Message:  diag.T("%s serves files through uWSGI though nginx stands in front", o.Key),
					Why:      diag.T("every file holds a worker while it is sent"),
					Help:     diag.T("give nginx a location with the folder, and remove %s", o.Key),
					Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("nginx passes the requests here")}},
				})
			}
		}
	}
	checkUnservedStatic(p)
}

// checkUnservedStatic finds a Django project whose static files reach the
// application, which serves none outside of its development server.
func checkUnservedStatic(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		settings := djangoSettings(c)
		via := passTo(p, c)
		if settings == nil || via == nil || servesStatic(via, p) || len(c.All("static-map")) > 0 {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: via.Node.HeadLocation(),
			Message:  diag.T("no location serves the static files of the Django project that %s starts", settings.File.Name),
			Why:      diag.T("outside of its development server Django answers 404 for them: the admin appears without its style sheets"),
			Help:     diag.T("add `location /static/ { alias FOLDER/; }` with the project's STATIC_ROOT, unless the application serves them itself (WhiteNoise)"),
			Related:  []diag.Related{{Location: settings.ValueLocation(), Message: diag.T("the project is named here")}},
		})
	}
}
