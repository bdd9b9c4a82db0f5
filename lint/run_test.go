package lint_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// everywhere is a rule that finds each directive wrong.
var everywhere = &lint.Rule{
	ID: "nginx-everywhere", Severity: diag.Warning,
	Check: func(p *lint.Pass) {
		for _, c := range p.Nginx {
			for n := range c.All() {
				p.Report(diag.Diagnostic{Location: n.Location(0), Message: diag.T("wrong")})
			}
		}
	},
}

// broken is a rule that fails.
var broken = &lint.Rule{ID: "nginx-broken", Severity: diag.Error, Check: func(p *lint.Pass) {
	p.Report(diag.Diagnostic{})
	_ = p.Nginx[len(p.Nginx)]
}}

func load(text string) *pair.Pair {
	return pair.Join([]*site.Config{site.New(nginx.LoadText(nginx.Parse("nginx.conf", text), "", nginx.LoadOptions{}), 0)}, nil)
}

func TestRunBoundsFindings(t *testing.T) {
	t.Parallel()
	const n = 22_000
	r := lint.Run(load(strings.Repeat("user a; ", n)), []*lint.Rule{everywhere}, lint.Options{})
	if len(r.Diagnostics) != 20_001 {
		t.Fatalf("%d findings, want 20,000 and one that counts the rest", len(r.Diagnostics))
	}
	last := r.Diagnostics[len(r.Diagnostics)-1]
	if got := fmt.Sprint(last.Message); !strings.Contains(got, "1999 more findings") || last.Rule != everywhere.ID {
		t.Errorf("the last finding is %q of %s", got, last.Rule)
	}
}

func TestRunGoesOnWithoutABrokenRule(t *testing.T) {
	t.Parallel()
	r := lint.Run(load("user a;"), []*lint.Rule{broken, everywhere}, lint.Options{})
	if len(r.Diagnostics) != 1 || len(r.Broken) != 1 || r.Broken[0].Rule != broken.ID {
		t.Errorf("findings %v, broken %v", r.Diagnostics, r.Broken)
	}
}

func TestRunKeepsLastRulesForTheEnd(t *testing.T) {
	t.Parallel()
	var done atomic.Int32
	var seen int32
	others := make([]*lint.Rule, 20)
	for i := range others {
		others[i] = &lint.Rule{ID: fmt.Sprintf("nginx-%d", i), Severity: diag.Info, Check: func(*lint.Pass) { done.Add(1) }}
	}
	last := &lint.Rule{ID: "nginx-last", Severity: diag.Info, Last: true, Check: func(*lint.Pass) { seen = done.Load() }}
	lint.Run(load("user a;"), append([]*lint.Rule{last}, others...), lint.Options{})
	if int(seen) != len(others) {
		t.Errorf("the last rule runs after %d of %d others", seen, len(others))
	}
}
