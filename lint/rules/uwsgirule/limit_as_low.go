package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// LimitAsLow finds address-space limits that leave an application no room.
var LimitAsLow = &lint.Rule{
	ID:       "uwsgi-limit-as-low",
	Severity: diag.Warning,
	Summary:  "an address-space limit that leaves a Python application too little room",
	Page:     page("uwsgi-limit-as-low"),
	Check:    checkLimitAsLow,
}

// What a worker takes of its address space, in MiB, before the application's
// own code and data: measured with uWSGI 2.0.21, Python 3.11 and glibc 2.36 on
// an empty Django project (the rule's page has the numbers).
const (
	interpreterSpace = 88  // uWSGI, Python, Django
	threadSpace      = 68  // each thread of several: its stack and its malloc arena
	applicationSpace = 128 // what is left to the application at the least
)

func checkLimitAsLow(p *lint.Pass) {
	for _, c := range p.Uwsgi {
		o := c.Get("limit-as")
		limit, ok := c.Int("limit-as")
		if !ok || limit <= 0 || !runsPython(c) {
			continue
		}
		threads := 1
		if n, ok := c.Int("threads"); ok {
			threads = max(1, n)
		}
		base := interpreterSpace
		if threads > 1 {
			base += threads * threadSpace
		}
		if limit >= base+applicationSpace {
			continue
		}
		d := diag.Diagnostic{
			Location: o.ValueLocation(),
			Message:  diag.T("limit-as = %d MiB leaves the application %d MiB: a worker with 1 thread takes about %d MiB for itself", limit, max(0, limit-base), base),
			Why:      diag.T("the limit counts addresses, not memory in use: at the limit malloc fails, requests end with MemoryError and 502, and below %d MiB the application does not load at all", interpreterSpace+8),
			Help:     diag.T("limit memory in use instead: reload-on-rss = %d, or MemoryMax in the systemd unit; or write limit-as = %d at least", 256, roundUp(base+applicationSpace)),
		}
		if threads > 1 {
			d.Message = diag.T("limit-as = %d MiB leaves the application %d MiB: a worker with %d threads takes about %d MiB for itself", limit, max(0, limit-base), threads, base)
		}
		if n, ok := c.Int("processes"); ok && n > 1 {
			d.Related = append(d.Related, diag.Related{Location: c.Get("processes").KeyLocation(), Message: diag.T("the limit is for each of the %d processes, not for all of them together", n)})
		}
		p.Report(d)
	}
}

// roundUp returns the next multiple of 64.
func roundUp(n int) int { return (n + 63) / 64 * 64 }

// runsPython tells whether a configuration loads a Python application.
func runsPython(c *uwsgi.Config) bool {
	for _, name := range [...]string{"module", "wsgi-file", "home", "mount", "paste", "callable", "pythonpath"} {
		if c.Get(name) != nil {
			return true
		}
	}
	return false
}
