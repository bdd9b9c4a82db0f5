package cisrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// SourceAddress asks for item 3.7 of the benchmark: the application is told the client's address.
var SourceAddress = &lint.Rule{
	ID:       "cis-source-address",
	Severity: diag.Warning,
	Off:      true,
	Profile:  lint.CIS,
	Summary:  "the application is told the client's address",
	Page:     page("cis-source-address"),
	Check:    checkSourceAddress,
}

// addressHeaders carry the address of the client over HTTP.
var addressHeaders = []string{"X-Real-IP", "X-Forwarded-For"}

func checkSourceAddress(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, kind := range []string{"proxy", "grpc"} {
			for _, n := range c.Find(kind + "_pass") {
				if n.Row == nil {
					continue
				}
				sent := n.Scope.Effective(kind + "_set_header")
				if len(sent) == 0 && !whole(c) {
					continue
				}
				var lacking []string
				for _, h := range addressHeaders {
					if site.First(sent, h) == nil {
						lacking = append(lacking, h)
					}
				}
				if len(lacking) == 0 {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: n.HeadLocation(),
					Message:  diag.T("CIS 3.7: the server behind is not told the client's address in %s", strings.Join(lacking, ", ")),
					Why:      diag.T("its log shows the address of nginx for every request"),
					Help:     diag.T("write `%s_set_header X-Real-IP $remote_addr;` and `%s_set_header X-Forwarded-For $proxy_add_x_forwarded_for;`", kind, kind),
				})
			}
		}
		for _, n := range c.Find("uwsgi_pass") {
			params := n.Scope.Effective("uwsgi_param")
			if n.Row == nil || !whole(c) || site.First(params, "REMOTE_ADDR") != nil || includes(n.Scope) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("CIS 3.7: the server behind is not told the client's address in %s", "REMOTE_ADDR"),
				Why:      diag.T("its log shows no address at all"),
				Help:     diag.T("write `include uwsgi_params;`"),
			})
		}
	}
}

// includes tells whether a file that is not here may hold the parameters.
func includes(s *site.Scope) bool {
	for ; s != nil; s = s.Parent {
		if len(s.Here("include")) > 0 {
			return true
		}
	}
	return false
}
