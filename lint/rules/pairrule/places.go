package pairrule

import (
	"iter"
	"strings"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// locations yields every location of a configuration, nested ones after the
// one they stand in.
func locations(c *site.Config) iter.Seq[*site.Location] {
	return func(yield func(*site.Location) bool) {
		var visit func([]*site.Location) bool
		visit = func(locs []*site.Location) bool {
			for _, l := range locs {
				if !yield(l) || !visit(l.Locations) {
					return false
				}
			}
			return true
		}
		for _, s := range c.Servers {
			if !visit(s.Locations) {
				return
			}
		}
	}
}

// locationScope returns the scope of the location that a scope stands in, or nil.
func locationScope(s *site.Scope) *site.Scope { return s.Enclosing(directive.Location) }

// pattern returns the modifier and the pattern of a location's scope; both
// are empty for nil.
func pattern(s *site.Scope) (modifier, uri string) {
	if s == nil || s.Opener == nil {
		return "", ""
	}
	switch args := s.Opener.Args; len(args) {
	case 1:
		uri = args[0].Value
	case 2:
		return args[0].Value, args[1].Value
	}
	for _, m := range []string{"^~", "~*", "~", "="} {
		if rest, ok := strings.CutPrefix(uri, m); ok {
			return m, rest
		}
	}
	return "", uri
}

// knownPath tells whether a path is absolute and free of variables and templates.
func knownPath(p string) bool {
	return strings.HasPrefix(p, "/") && !strings.ContainsAny(p, "${")
}

// quoted returns value as an argument, in the quotes that the word had.
func quoted(w nginx.Word, value string) string {
	if w.Quote == 0 {
		return value
	}
	q := string(w.Quote)
	return q + strings.ReplaceAll(value, q, `\`+q) + q
}

// sets tells whether one of the nodes names the parameter or header, without
// regard to case.
func sets(nodes []*site.Node, name string) bool {
	for _, n := range nodes {
		if strings.EqualFold(n.Arg(0), name) {
			return true
		}
	}
	return false
}

// on tells whether the directive in force is on; def is its default.
func on(s *site.Scope, name string, def bool) bool {
	if nodes := s.Effective(name); len(nodes) > 0 {
		return nodes[len(nodes)-1].Arg(0) == "on"
	}
	return def
}
