package pair

import (
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// gunicornBind finds the addresses in a configuration of gunicorn, which is
// Python: bind = "address", as a text or in a list.
var gunicornBind = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^bind\s*=\s*\[?\s*["']([^"'\n]+)["']`)
})

func isGunicorn(file, src string) bool {
	return filepath.Base(file) == "gunicorn.conf.py" && strings.Contains(src, "bind")
}

// gunicornBinds returns the addresses that gunicorn listens on.
func gunicornBinds(src string) []Endpoint {
	var found []Endpoint
	for _, m := range gunicornBind().FindAllStringSubmatch(src, 8) {
		if e, _ := ParseTarget(m[1], 8000, false); !e.Unknown {
			found = append(found, e)
		}
	}
	return found
}

// Beside tells whether a target is an application beside nginx whose files are
// among these: a listener of uWSGI, or of gunicorn.
func (p *Pair) Beside(t *Target) bool {
	if len(t.Binds) > 0 {
		return true
	}
	for _, e := range p.gunicorn {
		if !t.Unknown && e.key() == t.key() {
			return true
		}
	}
	return false
}
