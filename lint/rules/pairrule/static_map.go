package pairrule

import (
	"strings"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// staticMap is one `static-map = /prefix=/dir` of uWSGI.
type staticMap struct {
	prefix, dir string
	option      *uwsgi.Option
}

// staticMaps returns the static-map options of all uWSGI files by their
// prefix without the slash at its end.
func staticMaps(p *lint.Pass) map[string][]staticMap {
	found := map[string][]staticMap{}
	for _, c := range p.Uwsgi {
		for _, o := range c.All("static-map") {
			prefix, dir, ok := strings.Cut(o.Value, "=")
			if !ok || o.Unresolved {
				continue
			}
			prefix = strings.TrimRight(prefix, "/")
			found[prefix] = append(found[prefix], staticMap{prefix, dir, o})
		}
	}
	return found
}
