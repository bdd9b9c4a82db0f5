package project

import (
	"slices"
	"strings"
)

// Methods are those that nginx's limit_except knows (ngx_methods_names of
// ngx_http_core_module.c).
var Methods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "MKCOL", "COPY", "MOVE", "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "PATCH"}

// Match returns the modifier of a route's path ("", "=", "^~", "~" or "~*")
// and what follows it.
func (r *Route) Match() (modifier, uri string) {
	for _, m := range []string{"=", "^~", "~*", "~"} {
		if rest, ok := strings.CutPrefix(r.Path, m); ok {
			return m, strings.TrimSpace(rest)
		}
	}
	return "", r.Path
}

// On tells whether a route belongs to a server.
func (r *Route) On(server string) bool {
	return len(r.Servers) == 0 || slices.Contains(r.Servers, server)
}
