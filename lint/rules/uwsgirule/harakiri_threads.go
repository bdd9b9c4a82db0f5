package uwsgirule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// HarakiriThreads finds timers that several requests share.
var HarakiriThreads = &lint.Rule{
	ID:       "uwsgi-harakiri-threads",
	Severity: diag.Warning,
	Summary:  "harakiri has one timer for all threads of a worker",
	Page:     page("uwsgi-harakiri-threads"),
	Check:    checkHarakiriThreads,
}

func checkHarakiriThreads(p *lint.Pass) {
	applications(p, func(a *application) {
		harakiri, ok := a.number("harakiri")
		threads, known := a.number("threads")
		if !ok || !known || harakiri <= 0 || threads <= 1 || a.Get("harakiri") == nil || a.Get("threads") == nil {
			return
		}
		p.Report(diag.Diagnostic{
			Location: a.Get("harakiri").ValueLocation(),
			Message:  diag.T("harakiri has one timer for the %d threads of a worker", threads),
			Why:      diag.T("a request that ends clears the timer of one that is stuck, so that a busy worker keeps stuck requests for ever; and when harakiri fires, every request of the worker is lost: 502"),
			Help:     diag.T("use more processes of 1 thread where requests may get stuck, and give the application's own calls timeouts"),
			Related:  []diag.Related{{Location: a.Get("threads").ValueLocation(), Message: diag.T("the threads of each worker")}},
		})
	})
}
