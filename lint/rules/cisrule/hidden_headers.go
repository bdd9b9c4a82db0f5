package cisrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// HiddenHeaders asks for item 2.5.4 of the benchmark: the headers Server and X-Powered-By of the application are hidden.
var HiddenHeaders = &lint.Rule{
	ID:       "cis-hidden-headers",
	Severity: diag.Warning,
	Off:      true,
	Profile:  lint.CIS,
	Summary:  "the headers Server and X-Powered-By of the application are hidden",
	Page:     page("cis-hidden-headers"),
	Check:    checkHiddenHeaders,
}

// revealing are the headers that tell what runs behind nginx.
var revealing = []string{"X-Powered-By", "Server"}

func checkHiddenHeaders(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, kind := range []string{"proxy", "uwsgi", "fastcgi", "scgi", "grpc"} {
			for _, n := range c.Find(kind + "_pass") {
				if n.Row == nil {
					continue
				}
				hidden := n.Scope.Effective(kind + "_hide_header")
				if len(hidden) == 0 && !whole(c) {
					continue
				}
				var shown []string
				for _, h := range revealing {
					// proxy_pass and grpc_pass leave Server out by themselves.
					own := h == "Server" && (kind == "proxy" || kind == "grpc") && site.First(n.Scope.Effective(kind+"_pass_header"), h) == nil
					if !own && site.First(hidden, h) == nil {
						shown = append(shown, h)
					}
				}
				if len(shown) == 0 {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: n.HeadLocation(),
					Message:  diag.T("CIS 2.5.4: %s of the application is passed on", strings.Join(shown, ", ")),
					Why:      diag.T("it tells which framework answers, and often its release"),
					Help:     diag.T("write `%s_hide_header %s;`", kind, shown[0]),
				})
			}
		}
	}
}
