package uwsgirule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/uwsgi"
)

// HarakiriShort finds timers that end what others wait for.
var HarakiriShort = &lint.Rule{
	ID:       "uwsgi-harakiri-short",
	Severity: diag.Info,
	Summary:  "harakiri ends requests that the application gives more time",
	Page:     page("uwsgi-harakiri-short"),
	Check:    checkHarakiriShort,
}

func checkHarakiriShort(p *lint.Pass) {
	applications(p, func(a *application) {
		o := a.Get("harakiri")
		seconds, ok := a.number("harakiri")
		if o == nil || !ok || seconds <= 0 {
			return
		}
		for _, env := range a.All("env") {
			name, value, _ := strings.Cut(env.Value, "=")
			n, rest := uwsgi.Number(value)
			if !isKnown(env) || env.Maybe || !strings.HasSuffix(name, "TIMEOUT") || rest != "" && rest != "s" || n <= seconds || n > longestTimeout {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: o.ValueLocation(),
				Message:  diag.T("harakiri ends a request after %d seconds, and %s gives the application %d", seconds, name, n),
				Why:      diag.T("the application never sees its own timeout: its worker is killed, and the client gets 502"),
				Help:     diag.T("write a harakiri above the timeout, or a shorter timeout"),
				Related:  []diag.Related{{Location: env.ValueLocation(), Message: diag.T("%s is set here", name)}},
			})
			return
		}
	})
}

// longestTimeout is the number above which a variable is hardly in seconds.
const longestTimeout = 900
