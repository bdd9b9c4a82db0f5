package pairrule

import (
	"strings"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// passTo returns the first place of nginx that reaches a uWSGI file, or nil.
func passTo(p *lint.Pass, c *uwsgi.Config) *pair.Pass {
	for _, b := range p.BindsOf(c) {
		if b.ForNginx && len(b.Passes) > 0 {
			return b.Passes[0].Pass
		}
	}
	return nil
}

// configs returns the uWSGI files that a pass reaches, each once.
func configs(via *pair.Pass) []*uwsgi.Config {
	var found []*uwsgi.Config
	seen := map[*uwsgi.Config]bool{}
	for _, t := range via.Targets {
		for _, b := range t.Binds {
			if !seen[b.Config] {
				seen[b.Config] = true
				found = append(found, b.Config)
			}
		}
	}
	return found
}

// djangoSettings returns the option that shows that a file starts a Django
// project, or nil.
func djangoSettings(c *uwsgi.Config) *uwsgi.Option {
	for _, o := range c.All("env") {
		if strings.HasPrefix(o.Value, "DJANGO_SETTINGS_MODULE=") {
			return o
		}
	}
	return nil
}

// servesStatic tells whether the server of a pass has a location for static
// files: one that looks for files itself below a prefix of such a name.
func servesStatic(via *pair.Pass, p *lint.Pass) bool {
	server := via.Node.Scope.Enclosing(directive.Server)
	if server == nil {
		return true // a fragment: the rest of the server is not known
	}
	for _, n := range via.Config.Find("location") {
		if n.Scope.Enclosing(directive.Server) != server {
			continue
		}
		if _, uri := pattern(n.Body); strings.Contains(uri, "static") || strings.Contains(uri, "assets") {
			return true
		}
	}
	return false
}

// asynchronous tells whether a uWSGI file serves many requests in one worker
// without a thread for each.
func asynchronous(c *uwsgi.Config) bool {
	for _, name := range []string{"gevent", "asyncio", "async", "ugreen", "greenlet", "coroae", "tornado"} {
		if len(c.All(name)) > 0 {
			return true
		}
	}
	return false
}

// bindOf returns the first listener of a uWSGI file that is meant for nginx, or nil.
func bindOf(p *lint.Pass, c *uwsgi.Config) *pair.Bind {
	for _, b := range p.BindsOf(c) {
		if b.ForNginx {
			return b
		}
	}
	return nil
}
