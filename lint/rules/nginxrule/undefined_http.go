package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// checkThreadPools compares aio with the pools of threads.
func checkThreadPools(p *lint.Pass, c *site.Config) {
	known := map[string]bool{"default": true}
	for _, n := range c.Find("thread_pool") {
		known[n.Arg(0)] = true
	}
	for _, n := range c.Find("aio") {
		name, ok := strings.CutPrefix(n.Arg(0), "threads=")
		if n.Row == nil || !ok || strings.Contains(name, "$") || known[name] {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.Location(1),
			Message:  diag.T("no thread_pool is called %q", name),
			Why:      diag.T("nginx does not start: unknown thread pool %q", name),
			Help:     diag.T("add `thread_pool %s threads=...;` outside of http, or write `aio threads;`", name),
		})
	}
}

// checkCharsets finds recodings for which there is no charset_map
// (ngx_http_charset_postconfiguration).
func checkCharsets(p *lint.Pass, c *site.Config) {
	type recoding struct{ from, to string }
	known := map[recoding]bool{}
	for _, n := range c.Find("charset_map") {
		from, to := strings.ToLower(n.Arg(0)), strings.ToLower(n.Arg(1))
		known[recoding{from, to}], known[recoding{to, from}] = true, true
	}
	seen := map[*site.Scope]bool{}
	for _, name := range []string{"source_charset", "charset"} {
		for _, n := range c.Find(name) {
			if n.Row == nil || seen[n.Scope] {
				continue
			}
			seen[n.Scope] = true
			source, target := n.Scope.Effective("source_charset"), n.Scope.Effective("charset")
			if len(source) == 0 || len(target) == 0 {
				continue
			}
			r := recoding{strings.ToLower(source[0].Arg(0)), strings.ToLower(target[0].Arg(0))}
			if r.from == r.to || r.to == "off" || strings.HasPrefix(r.from, "$") || strings.HasPrefix(r.to, "$") || known[r] {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("no charset_map leads from %q to %q", r.from, r.to),
				Why:      diag.T(`nginx does not start: no "charset_map" between the charsets %q and %q`, r.from, r.to),
			})
		}
	}
}

// checkUpstreamZones finds zones of upstreams whose size nobody says.
func checkUpstreamZones(p *lint.Pass, c *site.Config) {
	sized := map[string]bool{}
	zones(c, func(z zone) {
		if z.size > 0 {
			sized[z.name] = true
		}
	})
	for _, n := range c.Find("zone") {
		if n.Row == nil || n.Scope.Context&(directive.Upstream|directive.StreamUpstream) == 0 || len(n.Args) != 1 || sized[n.Arg(0)] || template(n.Arg(0)) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.HeadLocation(),
			Message:  diag.T("nothing says how large the zone %q is", n.Arg(0)),
			Why:      diag.T("nginx does not start: zero size shared memory zone %q", n.Arg(0)),
			Help:     diag.T("write `zone %s 64k;`", n.Arg(0)),
		})
	}
}

// checkMemcachedKey finds memcached_pass where nothing sets its key.
func checkMemcachedKey(p *lint.Pass, c *site.Config) {
	if len(c.Variables["memcached_key"]) > 0 {
		return
	}
	for _, n := range c.Find("memcached_pass") {
		if n.Row == nil {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.HeadLocation(),
			Message:  diag.T("nothing defines the variable $%s", "memcached_key"),
			Why:      diag.T("nginx does not start: unknown %q variable", "memcached_key"),
			Help:     diag.T("add `set $memcached_key $uri;`"),
		})
	}
}
