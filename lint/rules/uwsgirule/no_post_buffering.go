package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// NoPostBuffering finds applications that have to read every body themselves.
var NoPostBuffering = &lint.Rule{
	ID:       "uwsgi-no-post-buffering",
	Severity: diag.Warning,
	Summary:  "an upload that the application does not read ends with 502",
	Fixable:  true,
	Page:     page("uwsgi-no-post-buffering"),
	Check:    checkNoPostBuffering,
}

func checkNoPostBuffering(p *lint.Pass) {
	applications(p, func(a *application) {
		if !loads(a.Config) || !a.lacks("post-buffering") || isAsync(a.Config) {
			return
		}
		d := diag.Diagnostic{
			Location: headerLocation(a.Config),
			Message:  diag.T("post-buffering is not set: a request body that the application does not read turns its answer into 502"),
			Why:      diag.T("uWSGI closes the socket with the rest of the body unread: writev() failed (104: Connection reset by peer) while sending request to upstream"),
			Help:     diag.T("post-buffering = 8192 keeps bodies of up to 8192 bytes in memory and larger ones in a file"),
			Fix:      addOption(a.Config, "post-buffering", "8192"),
		}
		if o := a.Get("harakiri"); o != nil {
			d.Related = []diag.Related{{Location: o.KeyLocation(), Message: diag.T("uWSGI itself warns: you have enabled harakiri without post buffering")}}
		}
		p.Report(d)
	})
}

// isAsync tells whether requests are not served one by one, in which case a
// body may be meant to arrive while the application runs.
func isAsync(c *uwsgi.Config) bool {
	for _, name := range [...]string{"async", "gevent", "loop", "ugreen", "asyncio", "greenlet", "tornado", "http-websockets"} {
		if c.Get(name) != nil {
			return true
		}
	}
	return false
}
