package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// PublicStats finds stats servers that strangers can read.
var PublicStats = &lint.Rule{
	ID:       "uwsgi-public-stats",
	Severity: diag.Warning,
	Summary:  "the stats server on all addresses: whoever reaches it reads requests",
	Fixable:  true,
	Page:     page("uwsgi-public-stats"),
	Check:    checkPublicStats,
}

func checkPublicStats(p *lint.Pass) {
	if p.Target.Init == "container" {
		return // the container's network decides who reaches it
	}
	written(p, func(c *uwsgi.Config, o *uwsgi.Option) {
		if row := known(o); row == nil || !isStats(row.Name) || !isKnown(o) {
			return
		}
		host, port, ok := hostPort(o.Value)
		if n, rest := uwsgi.Number(port); !ok || !isAll(host) || n == 0 || rest != "" {
			return
		}
		p.Report(diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("%s = %s listens on all addresses", o.Key, o.Value),
			Why:      diag.T("whoever connects gets the running requests with their variables, headers and cookies included, and the paths and accounts of the server"),
			Help:     diag.T("listen on 127.0.0.1:%s, or on a unix socket", port),
			Fix:      setValue(o, "127.0.0.1:"+port),
		})
	})
}

// isStats tells whether an option opens a server of statistics.
func isStats(name string) bool {
	switch name {
	case "stats", "stats-server", "emperor-stats", "emperor-stats-server", "http-stats", "http-stats-server", "fastrouter-stats", "fastrouter-stats-server":
		return true
	}
	return false
}
