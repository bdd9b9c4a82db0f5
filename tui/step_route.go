package tui

import (
	"slices"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// routeStep is the list of routes.
var routeStep = step{short: diag.T("Routes"), title: diag.T("Routes"), list: routeList()}

func routeList() *list {
	l := sections(func(a answers) *[]project.Route { return &a.Routes })
	l.fields = routeFields
	l.title = func(a answers, at int) diag.Text { return diag.T("Route %s", a.Routes[at].Path) }
	l.name = func(a answers, at int) string { return a.Routes[at].Path }
	l.what = func(a answers, at int) diag.Text { return answeredBy(a.Routes[at]) }
	l.add = func(a *answers) int { // before the others
		r := project.NewRoute(freeName(routeNames(*a), "new"))
		r.Path = "/" + r.Name + "/"
		a.Routes = slices.Insert(a.Routes, 0, r)
		return 0
	}
	l.more = diag.T("+ add a route")
	l.note = diag.T("nginx takes the longest prefix that fits, whatever the order; the first regex that fits wins over it")
	l.lastStays = diag.T("the last route stays: without any the application answers everything")
	return &l
}

func routeNames(a answers) []string {
	var names []string
	for _, r := range a.Routes {
		names = append(names, r.Name)
	}
	return names
}

// routeKinds are what may answer a route.
var routeKinds = []choice{
	{string(project.ToApp), diag.T("application")}, {string(project.ToFiles), diag.T("files")}, {string(project.ToSPA), diag.T("built front end")},
	{string(project.ToRedirect), diag.T("redirect")}, {string(project.ToUpstream), diag.T("other server")}, {string(project.ToNothing), diag.T("404")},
}

// routeFields are the questions about one route.
func routeFields(a answers, at int) []field {
	r := a.Routes[at]
	section := "route." + r.Name + "."
	path := keyed(section+"path", diag.T("Path"), diag.T("/prefix/, = /exact, ^~ /prefix/ or ~ regex"))
	path.anyText, path.evidence = true, "route."+r.Name
	fields := []field{path, keyed(section+"kind", diag.T("Answered by"), diag.T("what becomes of the requests")).among(routeKinds...)}
	to := keyed(section+"to", diag.T("Leads to"), diag.T("a URL; $request_uri stands for the path that was asked for"))
	to.anyText = true
	switch r.Kind {
	case project.ToFiles:
		fields = append(fields, keyed(section+"dir", diag.T("Folder"), diag.T("on the server, absolute or below the project's folder")),
			keyed(section+"expires", diag.T("Browsers keep them"), diag.T("such as 7d; 0 for asking each time")),
			yesNo(keyed(section+"media", diag.T("Uploaded by users"), diag.T("never interpreted, whatever they are called"))))
	case project.ToSPA:
		fields = append(fields, keyed(section+"dir", diag.T("Folder"), diag.T("on the server, absolute or below the project's folder")),
			keyed(section+"expires", diag.T("Browsers keep them"), diag.T("such as 7d; 0 for asking each time")))
	case project.ToRedirect:
		fields = append(fields, to, keyed(section+"code", diag.T("Status"), diag.T("302 for now, 301 for good; 307 and 308 keep the method")))
	case project.ToUpstream:
		to.help = diag.T("host:port, http://... or unix:/path")
		fields = append(fields, to)
	}
	if r.Kind == project.ToApp || r.Kind == project.ToUpstream {
		fields = append(fields,
			keyed(section+"body", diag.T("Request body"), diag.T("such as 50m; 0 for that of all routes")),
			keyed(section+"timeout", diag.T("nginx waits"), diag.T("such as 5m; 0 for that of all routes")),
			keyed(section+"rate", diag.T("Rate limit"), diag.T("of one client, such as 10r/s; 429 above it; empty for none")),
			keyed(section+"methods", diag.T("Methods"), diag.T("such as GET POST; empty for all")))
	}
	if len(a.Servers) > 1 {
		fields = append(fields, keyed(section+"server", diag.T("On servers"), diag.T("their names; empty for all")))
	}
	return append(fields, sectionName(routeNames, func(a *answers, name string) { a.Routes[at].Name = name }, at,
		func(name string) diag.Text { return diag.T("another route is called %q", name) }))
}

// answeredBy says what answers a route.
func answeredBy(r project.Route) diag.Text {
	switch r.Kind {
	case project.ToFiles:
		if r.Media {
			return diag.T("uploaded files in %s", r.Dir)
		}
		return diag.T("files in %s", r.Dir)
	case project.ToSPA:
		return diag.T("front end in %s", r.Dir)
	case project.ToRedirect:
		return diag.T("%d to %s", r.Code, r.To)
	case project.ToUpstream:
		return diag.T("passed on to %s", r.To)
	case project.ToNothing:
		return diag.T("404")
	}
	return diag.T("the application")
}
