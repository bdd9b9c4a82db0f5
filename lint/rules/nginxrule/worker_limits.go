package nginxrule

import (
	"strconv"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// WorkerLimits reports limits that keep nginx below what the machine can do.
var WorkerLimits = &lint.Rule{
	ID:       "nginx-worker-limits",
	Severity: diag.Warning,
	Summary:  "one worker on any machine, or fewer file descriptors than two for each connection",
	Page:     page("nginx-worker-limits"),
	Check:    checkWorkerLimits,
}

// usualFiles is the soft limit of open files that a service starts with on
// Linux, under systemd too.
const usualFiles = 1024

func checkWorkerLimits(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("worker_processes") {
			if n.Arg(0) == "1" && p.Target.Init != "container" {
				p.Report(diag.Diagnostic{
					Location: n.HeadLocation(),
					Message:  diag.T("worker_processes 1 uses one processor, however many there are"),
					Why:      diag.T("one worker that waits for the disk holds every connection"),
					Help:     diag.T("write `worker_processes auto;`"),
				})
			}
		}
		limit, at := number(c, "worker_rlimit_nofile")
		connections, of := number(c, "worker_connections")
		switch {
		case of == nil:
		case at != nil && limit < 2*connections:
			p.Report(diag.Diagnostic{
				Location: at.Location(1),
				Message:  diag.T("worker_rlimit_nofile %d is less than twice the %d worker_connections", limit, connections),
				Why:      diag.T("a proxied request holds two descriptors; without one nginx logs accept4() failed (24: Too many open files)"),
				Help:     diag.T("write `worker_rlimit_nofile %d;`", 2*connections),
				Related:  []diag.Related{{Location: of.HeadLocation(), Message: diag.T("the connections of a worker")}},
			})
		case at == nil && len(c.Find("worker_rlimit_nofile")) == 0 && connections > usualFiles && c.Root.Context == directive.Main && len(c.Tree.Problems) == 0 && p.Target.Init != "container" && len(p.Units) == 0:
			p.Report(diag.Diagnostic{
				Location: of.Location(1),
				Message:  diag.T("%d worker_connections, and no worker_rlimit_nofile: a worker may open %d files by default", connections, usualFiles),
				Why:      diag.T("nginx starts with the warning: %d worker_connections exceed open file resource limit: %d; later it logs accept4() failed (24: Too many open files)", connections, usualFiles),
				Help:     diag.T("write `worker_rlimit_nofile %d;` beside worker_processes", 2*connections),
			})
		}
	}
}

// number returns the value of a directive that takes one number.
func number(c *site.Config, name string) (int, *site.Node) {
	for _, n := range c.Find(name) {
		if v, err := strconv.Atoi(n.Arg(0)); err == nil && v <= 1<<30 {
			return v, n
		}
	}
	return 0, nil
}
