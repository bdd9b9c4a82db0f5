package pairrule

import (
	"strings"

	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

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

// on tells whether the directive in force is on; def is its default.
func on(s *site.Scope, name string, def bool) bool {
	if nodes := s.Effective(name); len(nodes) > 0 {
		return nodes[len(nodes)-1].Arg(0) == "on"
	}
	return def
}
