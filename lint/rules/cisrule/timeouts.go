package cisrule

import (
	"time"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// Timeouts asks for item 2.4.3 of the benchmark: the timeouts of the client are between 1 and 10 seconds.
var Timeouts = &lint.Rule{
	ID:       "cis-timeouts",
	Severity: diag.Warning,
	Off:      true,
	Profile:  lint.CIS,
	Summary:  "the timeouts of the client are between 1 and 10 seconds",
	Page:     page("cis-timeouts"),
	Check:    checkTimeouts,
}

// timeouts are the directives with the items that speak of them.
var timeouts = []struct{ name, item string }{
	{"keepalive_timeout", "2.4.3"}, {"send_timeout", "2.4.4"}, {"client_body_timeout", "5.2.1"}, {"client_header_timeout", "5.2.1"},
}

// longest is what the benchmark allows.
const longest = 10 * time.Second

func checkTimeouts(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, t := range timeouts {
			for _, n := range c.Find(t.name) {
				if d, ok := duration(n.Arg(0)); ok && n.Row != nil && (d == 0 || d > longest) {
					p.Report(diag.Diagnostic{
						Location: n.HeadLocation(),
						Message:  diag.T("CIS %s: %s is %s, and the benchmark asks for 10 s or less, but not 0", t.item, t.name, n.Arg(0)),
						Why:      diag.T("clients that send slowly, or nothing, hold their connections for so long"),
						Help:     diag.T("write `%s 10s;`", t.name),
					})
				}
			}
			if without := missing(c, t.name); len(without) > 0 {
				report(p, c, t.item, t.name)
			}
		}
	}
}

func report(p *lint.Pass, c *site.Config, item, name string) {
	p.Report(diag.Diagnostic{
		Location: c.HTTP.Opener.Location(0),
		Message:  diag.T("CIS %s: %s is not set, and nginx waits longer than 10 s by default", item, name),
		Why:      diag.T("clients that send slowly, or nothing, hold their connections for so long"),
		Help:     diag.T("write `%s 10s;`", name),
	})
}

// duration reads a time of nginx: numbers with ms, s, m, h or d, seconds
// without a unit.
func duration(text string) (time.Duration, bool) {
	units := map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}
	var total time.Duration
	for rest := text; rest != ""; {
		i := 0
		number := time.Duration(0)
		for i < len(rest) && rest[i] >= '0' && rest[i] <= '9' && i < 9 {
			number = number*10 + time.Duration(rest[i]-'0')
			i++
		}
		j := i
		for j < len(rest) && rest[j] >= 'a' && rest[j] <= 'z' {
			j++
		}
		unit, ok := units[rest[i:j]]
		if i == 0 || !ok {
			return 0, false
		}
		total += number * unit
		rest = rest[j:]
	}
	return total, text != ""
}
