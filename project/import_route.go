package project

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// location takes a location block as a route of the last server. One that a
// route cannot say is kept whole.
func (i *importer) location(n *site.Node) {
	server := &i.out.Servers[len(i.out.Servers)-1]
	if acme(n) && server.TLS == LetsEncrypt || arguments(n) == `~ /\.(?!well-known/)` {
		return
	}
	r, ok := i.route(n)
	if !ok {
		i.keep(&server.Raw, n, "server."+server.Name+".raw")
		return
	}
	r.Servers = []string{server.Name}
	var taken []string
	for k := range i.out.Routes {
		have := &i.out.Routes[k]
		taken = append(taken, have.Name)
		if sameRoute(*have, r) {
			have.Servers = append(have.Servers, server.Name)
			return
		}
	}
	r.Name = unique(r.Name, taken)
	i.out.Routes = append(i.out.Routes, r)
}

// sameRoute tells whether two routes differ by their servers and names alone.
func sameRoute(a, b Route) bool {
	return a.Path == b.Path && a.Kind == b.Kind && a.Dir == b.Dir && a.To == b.To && a.Code == b.Code && a.Expires == b.Expires &&
		a.Media == b.Media && a.Rate == b.Rate && a.Burst == b.Burst && a.Body == b.Body && a.Timeout == b.Timeout && a.Raw == b.Raw
}

// route reads a location; it is false for one that a route cannot say.
func (i *importer) route(n *site.Node) (Route, bool) {
	r := NewRoute("route")
	r.Path = routePath(n)
	kind, raw, own := RouteKind(""), []*site.Node{}, []*site.Node{}
	for _, d := range n.Body.Nodes {
		switch d.Name.Value {
		case "location", "if", "limit_except":
			return r, false
		case "uwsgi_pass":
			if !i.toApp(d) {
				return r, false
			}
			kind = ToApp
		case "uwsgi_param":
			if d.File == n.File {
				raw = append(raw, d)
			}
		case "include":
		case "proxy_pass":
			kind, r.To = ToUpstream, strings.TrimPrefix(d.Arg(0), "http://")
			if i.toApp(d) {
				kind, r.To = ToApp, ""
			}
		case "proxy_set_header":
			if !slices.Contains([]string{"Host", "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Proxy"}, d.Arg(0)) {
				return r, false // a header of its own drops none only where it stands with the others
			}
		case "uwsgi_read_timeout", "proxy_read_timeout":
			if !i.time(d.Arg(0), &r.Timeout) {
				raw = append(raw, d)
			}
		case "client_max_body_size":
			if !i.bytes(d.Arg(0), &r.Body) {
				raw = append(raw, d)
			}
		case "limit_req":
			if !i.rate(&r, d) {
				raw = append(raw, d)
			}
		case "alias", "root":
			if r.Dir != "" || strings.Contains(d.Arg(0), "$") {
				return r, false
			}
			kind, r.Dir = ToFiles, path.Clean(d.Arg(0))
			if d.Name.Value == "root" {
				_, uri := r.Match()
				r.Dir = path.Join(r.Dir, uri)
			}
		case "try_files":
			_, uri := r.Match()
			if last := d.Arg(len(d.Args) - 1); last != path.Join(uri, "index.html") || d.Arg(0) != "$uri" {
				return r, false
			}
			r.Kind = ToSPA
		case "index":
			if d.Arg(0) != "index.html" {
				raw = append(raw, d)
			}
		case "expires":
			if !i.time(d.Arg(0), &r.Expires) {
				raw = append(raw, d)
			}
		case "return":
			code, err := strconv.Atoi(d.Arg(0))
			if err != nil || code < 301 || code > 308 || len(n.Body.Nodes) != 1 || len(d.Args) != 2 {
				return r, false
			}
			kind, r.Code, r.To = ToRedirect, code, d.Arg(1)
		case "gzip", "gzip_vary":
			if d.Arg(0) == "on" {
				own = append(own, d)
				continue
			}
			raw = append(raw, d)
		case "gzip_types":
			own = append(own, d)
		case "add_header":
			switch strings.ToLower(d.Arg(0) + " " + d.Arg(1)) {
			case "x-content-type-options nosniff", "x-frame-options sameorigin":
				own = append(own, d) // gen writes them where files are served
				continue
			}
			switch strings.ToLower(d.Arg(0)) {
			case "content-security-policy":
				r.Media = true
			case "strict-transport-security":
			default:
				raw = append(raw, d)
			}
		default:
			raw = append(raw, d)
		}
	}
	if kind == "" || r.Kind == ToSPA && kind != ToFiles {
		return r, false
	}
	if r.Kind != ToSPA {
		r.Kind = kind
	}
	for _, d := range own {
		if kind != ToFiles || r.Kind != ToSPA && strings.EqualFold(d.Arg(0), "X-Frame-Options") || r.Media && strings.HasPrefix(d.Name.Value, "gzip") {
			raw = append(raw, d)
		}
	}
	modifier, uri := r.Match()
	if (r.Kind == ToFiles || r.Kind == ToSPA) && (strings.HasPrefix(modifier, "~") || modifier == "=" || !strings.HasSuffix(uri, "/")) || strings.HasPrefix(uri, "@") {
		return r, false
	}
	if r.Name == "route" {
		r.Name = routeName(&r, uri)
	}
	for _, d := range raw {
		i.keep(&r.Raw, d, "route."+r.Name+".raw")
	}
	return r, true
}

// routePath writes a location's arguments as a route's path.
func routePath(n *site.Node) string {
	if len(n.Args) == 2 {
		return n.Arg(0) + " " + n.Arg(1)
	}
	r := Route{Path: n.Arg(0)}
	if modifier, uri := r.Match(); modifier != "" {
		return modifier + " " + uri
	}
	return n.Arg(0)
}

// toApp tells whether a pass leads to the application.
func (i *importer) toApp(n *site.Node) bool {
	for _, via := range i.pair.Passes {
		if via.Node != n {
			continue
		}
		for _, t := range via.Targets {
			if len(t.Binds) > 0 {
				return true
			}
		}
		if n.Name.Value == "uwsgi_pass" && i.out.App.Endpoint == "" && len(via.Targets) == 1 {
			i.out.App.Endpoint = n.Arg(0) // no uWSGI file says otherwise
			return true
		}
		return n.Name.Value == "uwsgi_pass" && n.Arg(0) == i.out.App.Endpoint
	}
	return false
}

// rate takes a limit_req whose zone counts requests of one client.
func (i *importer) rate(r *Route, n *site.Node) bool {
	r.Burst = 0
	for _, a := range n.Args {
		key, value, _ := strings.Cut(a.Value, "=")
		switch key {
		case "zone":
			r.Rate = i.zones[value]
			if _, route, ok := strings.Cut(value, "_"); ok && ValidName(route) {
				r.Name = route
			}
		case "burst":
			r.Burst, _ = strconv.Atoi(value)
		case "nodelay":
		default:
			return false
		}
	}
	return r.Rate != ""
}

// routeName finds a name for a route by what it does.
func routeName(r *Route, uri string) string {
	switch r.Kind {
	case ToSPA:
		return "front"
	case ToFiles:
		if base := path.Base(uri); ValidName(base) {
			return base
		}
		return "files"
	case ToRedirect:
		return "redirect"
	case ToUpstream:
		return "upstream"
	}
	if base := path.Base(uri); ValidName(base) {
		return base
	}
	return "app"
}
