package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// BufferingOff reports buffering that is switched off for everything, or where
// a cache needs it. A location that streams may switch it off for itself.
var BufferingOff = &lint.Rule{
	ID:       "nginx-buffering-off",
	Severity: diag.Info,
	Summary:  "buffering switched off for a whole server, or where a cache needs it",
	Page:     page("nginx-buffering-off"),
	Check:    checkBufferingOff,
}

func checkBufferingOff(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, protocol := range []string{"proxy", "fastcgi", "scgi", "uwsgi"} {
			passing := passingScopes(c, protocol+"_pass")
			for _, n := range c.Find(protocol + "_buffering") {
				if n.Arg(0) != "off" || n.Row == nil || !passing[n.Scope] {
					continue
				}
				cache := n.Scope.Effective(protocol + "_cache")
				if len(cache) > 0 && cache[0].Arg(0) != "off" {
					reportUncached(p, n, cache[0])
				} else if n.Scope.Context&(directive.HTTP|directive.Server) != 0 && protocol != "uwsgi" {
					p.Report(diag.Diagnostic{ // pair-offload-buffering speaks of uWSGI
						Location: n.HeadLocation(),
						Message:  diag.T("%s off for every location", n.Name.Value),
						Why:      diag.T("a worker of the application is held until the slowest client has read its answer: a few slow clients stop a site"),
						Help:     diag.T("switch it off only in the locations that stream, or let the application send `X-Accel-Buffering: no`"),
					})
				}
			}
		}
	}
}

func reportUncached(p *lint.Pass, n, cache *site.Node) {
	p.Report(diag.Diagnostic{
		Location: n.HeadLocation(),
		Message:  diag.T("%s off also switches off %s", n.Name.Value, cache.Name.Value),
		Why:      diag.T("nginx caches only answers that it buffers: the cache stays empty"),
		Help:     diag.T("remove one of the two"),
		Related:  []diag.Related{{Location: cache.HeadLocation(), Message: diag.T("the cache")}},
	})
}
