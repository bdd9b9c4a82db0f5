package api

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/project"
)

// Routes returns a description in which routes that name a contract are
// replaced by one for each path of it, and one that answers 404 to the rest. A
// contract's file is named relative to the description's. p stays as it is.
func Routes(p *project.Project) (*project.Project, error) {
	out := *p
	out.Routes = nil
	for _, rt := range p.Routes {
		if rt.OpenAPI == "" {
			out.Routes = append(out.Routes, rt)
			continue
		}
		s, err := Load(filepath.Join(filepath.Dir(p.Path), filepath.FromSlash(rt.OpenAPI)), LoadOptions{})
		if err != nil {
			return nil, fmt.Errorf("route.%s.openapi: %w", rt.Name, err)
		}
		routes := s.routes(rt, p)
		if len(routes) == 0 {
			return nil, fmt.Errorf("route.%s.openapi: %s has no path below %s", rt.Name, s.Name, rt.Path)
		}
		rest := rt
		rest.Kind, rest.OpenAPI, rest.Rate, rest.Body, rest.Raw = project.ToNothing, "", "", 0, ""
		out.Routes = append(append(out.Routes, routes...), rest)
	}
	return &out, nil
}

// endpoint is one path of a contract, below one of its servers.
type endpoint struct {
	path    string // a template
	methods []string
	body    int64 // bytes that have to get through; 0 when nothing is said
	raw     bool  // body is all there is
}

// routes returns the routes of a contract's paths below that of rt.
func (s *Spec) routes(rt project.Route, p *project.Project) []project.Route {
	limit := cmp.Or(rt.Body, p.Limits.Body)
	var routes []project.Route
	for _, e := range s.endpoints(rt.Path, p.Servers) {
		r := rt
		r.OpenAPI, r.Path, r.Methods = "", match(e.path), e.methods
		switch {
		case e.raw:
			r.Body = e.body
		case limit > 0 && e.body > limit:
			r.Body = (e.body>>20 + 2) << 20 // whole MiB, and room for what stands around it
		}
		routes = append(routes, r)
	}
	return routes
}

// endpoints returns the paths below a prefix on the servers of a description,
// those that nginx has to try first before others.
func (s *Spec) endpoints(prefix string, servers []project.Server) []endpoint {
	found := map[string]*endpoint{}
	for _, o := range s.Operations() {
		if !slices.Contains(project.Methods, o.Method) {
			continue // TRACE, which nginx answers itself with 405
		}
		for _, base := range answered(o.Servers, servers) {
			full := strings.TrimSuffix(base.Path, "/") + o.Path
			if !strings.HasPrefix(full, prefix) {
				continue
			}
			e := found[full]
			if e == nil {
				e = &endpoint{path: full, raw: true}
				found[full] = e
			}
			if !slices.Contains(e.methods, o.Method) {
				e.methods = append(e.methods, o.Method)
			}
			if o.Body > 0 || o.Upload {
				e.raw = e.raw && o.Raw && !o.Upload
			}
			e.body = max(e.body, o.Body)
		}
	}
	var all []endpoint
	for _, e := range found {
		e.raw = e.raw && e.body > 0
		all = append(all, *e)
	}
	// nginx takes the first regular expression that matches, and the contract's
	// written-out segments come before parameters.
	slices.SortFunc(all, func(a, b endpoint) int {
		return cmp.Or(strings.Compare(order(a.path), order(b.path)), strings.Compare(a.path, b.path))
	})
	return all
}

// answered leaves out the servers of an operation that a description knows
// nothing of, unless it knows none: they are another deployment's.
func answered(bases []*url.URL, servers []project.Server) []*url.URL {
	known := slices.DeleteFunc(slices.Clone(bases), func(base *url.URL) bool {
		return base.Host != "" && !slices.ContainsFunc(servers, func(s project.Server) bool { return answers(s, base) })
	})
	if len(known) == 0 {
		return bases
	}
	return known
}

// answers tells whether a server has the host and port of a contract's URL. The
// usual ports are everybody's: TLS may end on another machine.
func answers(s project.Server, base *url.URL) bool {
	named := slices.ContainsFunc(s.Names, func(name string) bool {
		suffix, wildcard := strings.CutPrefix(name, "*")
		host := strings.ToLower(base.Hostname())
		return name == "_" || strings.HasPrefix(name, "~") || host == name || wildcard && strings.HasSuffix(host, suffix)
	})
	port := base.Port()
	return (named || len(s.Names) == 0) && (slices.Contains([]string{"", "80", "443"}, port) || slices.ContainsFunc(s.Listen, func(listen string) bool {
		return listen == port || strings.HasSuffix(listen, ":"+port)
	}))
}

// parameter is a parameter of a path template.
var parameter = regexp.MustCompile(`\{[^{}/]*\}`)

// order puts parameters behind every other character.
func order(template string) string { return parameter.ReplaceAllString(template, "\U0010ffff") }

// match returns a template as the path of a route: nginx compares it with the
// decoded path.
func match(template string) string {
	literal := func(s string) string {
		if decoded, err := url.PathUnescape(s); err == nil {
			return decoded
		}
		return s
	}
	places := parameter.FindAllStringIndex(template, -1)
	if len(places) == 0 {
		return "= " + literal(template)
	}
	var b strings.Builder
	b.WriteString("~ ^")
	from := 0
	for _, at := range places {
		b.WriteString(regexp.QuoteMeta(literal(template[from:at[0]])) + "[^/]+")
		from = at[1]
	}
	return b.String() + regexp.QuoteMeta(literal(template[from:])) + "$"
}
