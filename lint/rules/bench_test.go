package rules

import (
	"fmt"
	"testing"

	"github.com/deployctl/deployctl/internal/bigconf"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

// big returns a deployment of n sites with n uWSGI files.
func big(n int) *pair.Pair {
	nginxes := []*site.Config{site.New(nginx.LoadText(nginx.Parse("nginx.conf", bigconf.Nginx(n)), "", nginx.LoadOptions{}), 0)}
	var all []*uwsgi.Config
	for i := range n {
		name := fmt.Sprintf("site%d.ini", i)
		all = append(all, uwsgi.LoadText(uwsgi.Parse(name, bigconf.Uwsgi(i)), "", uwsgi.LoadOptions{}))
	}
	return pair.Join(nginxes, all)
}

func BenchmarkRules(b *testing.B) {
	for _, n := range []int{100, 1000, 2000} {
		p := big(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				lint.Run(p, All(), lint.Options{})
			}
		})
	}
}

// TestBigDeploymentIsQuiet keeps the benchmarks honest: rules that report
// thousands of findings would measure the reporting.
func TestBigDeploymentIsQuiet(t *testing.T) {
	t.Parallel()
	byRule := map[string]int{}
	for _, d := range lint.Run(big(20), All(), lint.Options{}).Diagnostics {
		byRule[d.Rule]++
	}
	for rule, n := range byRule {
		if n >= 20 {
			t.Errorf("%s reports %d times", rule, n)
		}
	}
}
