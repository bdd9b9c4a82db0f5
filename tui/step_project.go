package tui

import (
	"slices"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// projectStep shows what was found, to be corrected.
var projectStep = step{short: diag.T("Project"), title: diag.T("What was found"), fields: func(a answers) []field {
	fields := []field{
		keyed("project.name", diag.T("Name"), diag.T("names the unit, the socket's folder and the upstream")),
		keyed("project.framework", diag.T("Framework"), diag.T("what it is built with")).among(
			choice{"django", diag.T("Django")}, choice{"flask", diag.T("Flask")}, choice{"wsgi", diag.T("other WSGI")}),
		keyed("project.module", diag.T("WSGI callable"), diag.T("package.module:name")),
	}
	if a.Framework == project.Django {
		fields = append(fields, settingsModule())
	}
	return append(fields,
		keyed("project.chdir", diag.T("Starts in"), diag.T("the folder that Python imports from: absolute, or below the project's folder on the server")),
		keyed("project.virtualenv", diag.T("Virtualenv"), diag.T("absolute, or below the project's folder; empty for the system's Python")),
		keyed("project.python", diag.T("Python release"), diag.T("such as 3.11: an image starts from it; empty where it does not matter")),
		folderOf(project.ToFiles, false, "static", diag.T("Static files"), diag.T("folder that nginx serves as /static/; empty for none")),
		folderOf(project.ToFiles, true, "media", diag.T("Uploaded files"), diag.T("folder that nginx serves as /media/; empty for none")),
		folderOf(project.ToSPA, false, "front", diag.T("Front end"), diag.T("folder of a built front end, which answers / then and the application /api/; empty for none")),
		keyed("project.openapi", diag.T("OpenAPI file"), diag.T("the contract that routes are held against; empty for none")),
	)
}}

// settingsModule is the field of Django's settings.
func settingsModule() field {
	const name = "DJANGO_SETTINGS_MODULE"
	f := keyed("env."+name, diag.T("Django's settings"), diag.T("the module, as the environment names it (DJANGO_SETTINGS_MODULE)"))
	set := f.set
	f.set = func(a *answers, value string) error {
		if value == "" {
			return diag.T("Django needs a settings module, such as %s.settings", a.Name)
		}
		return set(a, value)
	}
	return f
}

// folderOf makes a field of the folder of the first route of a kind, which
// comes and goes with the answer.
func folderOf(kind project.RouteKind, media bool, name string, label, help diag.Text) field {
	is := func(r project.Route) bool { return r.Kind == kind && r.Media == media }
	return field{
		label: label, help: help, evidence: "route." + name,
		get: func(a answers) string {
			if i := slices.IndexFunc(a.Routes, is); i >= 0 {
				return a.Routes[i].Dir
			}
			return ""
		},
		set: func(a *answers, dir string) error {
			i := slices.IndexFunc(a.Routes, is)
			switch {
			case i < 0 && dir == "":
			case i < 0:
				r := project.NewRoute(freeName(routeNames(*a), name))
				r.Kind, r.Media, r.Path, r.Dir = kind, media, "/"+name+"/", dir
				if kind == project.ToSPA {
					r.Path = "/"
					move(a.Routes, "/", "/api/")
				}
				a.Routes = slices.Insert(a.Routes, 0, r)
			case dir == "":
				a.Routes = slices.Delete(a.Routes, i, i+1)
				if kind == project.ToSPA {
					move(a.Routes, "/api/", "/")
				}
			default:
				a.Routes[i].Dir = dir
			}
			return nil
		},
	}
}

// move gives the application another path, where it answers at from.
func move(routes []project.Route, from, to string) {
	taken := slices.ContainsFunc(routes, func(r project.Route) bool { return r.Path == to })
	for i := range routes {
		if routes[i].Kind == project.ToApp && routes[i].Path == from && !taken {
			routes[i].Path = to
		}
	}
}
