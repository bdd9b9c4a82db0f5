package pairrule

import (
	"path"
	"strings"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// hasParams tells whether a list of uwsgi_param lines tells the application
// what was asked for.
func hasParams(nodes []*site.Node) bool {
	return site.First(nodes, "REQUEST_METHOD") != nil || site.First(nodes, "PATH_INFO") != nil
}

// params is the list of uwsgi_param lines that is in force at a place. nginx
// takes that of the innermost block that has any, and no other.
type params struct {
	scope *site.Scope // nil when there is none
	nodes []*site.Node
	// include is an include of uwsgi_params in the block that could not be
	// followed, or nil.
	include *site.Node
	// open tells that another include could not be followed, which may hold
	// parameters.
	open bool
}

// complete tells whether the application learns what was asked for.
func (p params) complete() bool { return p.include != nil || hasParams(p.nodes) }

// paramsAt returns the list in force in a scope.
func paramsAt(s *site.Scope) params {
	p := params{}
	for ; s != nil; s = s.Parent {
		p.nodes = s.Here("uwsgi_param")
		for _, n := range s.Here("include") { // those that were not followed
			switch kind := includeKind(n.Arg(0)); {
			case kind == "uwsgi_params":
				p.include = n
			case kind == "":
				p.open = true
			}
		}
		if len(p.nodes) > 0 || p.include != nil {
			p.scope = s
			break
		}
	}
	return p
}

// includeKind says by its name what a file holds that is included: one of the
// names of nginx's own files, "other" for what holds no uwsgi_param, "" for
// what may hold any.
func includeKind(arg string) string {
	base := path.Base(arg)
	name := strings.ReplaceAll(strings.TrimSuffix(base, path.Ext(base)), "-", "_")
	for _, kind := range []string{"uwsgi_params", "fastcgi_params", "scgi_params", "proxy_params"} {
		if base == kind || name == kind {
			return kind
		}
	}
	switch {
	case base == "fastcgi.conf":
		return "fastcgi_params"
	case strings.Contains(name, "uwsgi"), strings.Contains(name, "param"):
		return ""
	case base == "mime.types", strings.Contains(name, "ssl"), strings.ContainsAny(base, "*?["):
		return "other" // a pattern that matches no file, too
	}
	return ""
}

// includes returns the include directives that are written in a block, and the
// file that they are written in.
func includes(s *site.Scope) ([]*nginx.Directive, *nginx.File) {
	if s.Opener == nil || s.Opener.Block == nil {
		return nil, nil
	}
	var found []*nginx.Directive
	for d := range nginx.Directives(s.Opener.Block.Nodes) {
		if d.Name.Value == "include" && len(d.Args) == 1 {
			found = append(found, d)
		}
	}
	return found, s.Opener.File
}

// otherRequests tells whether a pass sends something else than requests for
// Python, by uwsgi_modifier1.
func otherRequests(s *site.Scope) bool {
	nodes := s.Effective("uwsgi_modifier1")
	return len(nodes) > 0 && nodes[0].Arg(0) != "0"
}

// fragment tells whether the blocks around a scope are not here.
func fragment(s *site.Scope) bool {
	server := s.Enclosing(directive.Server)
	return server == nil || server.Opener == nil
}
