package cisrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// ErrorPages asks for item 2.5.2 of the benchmark: error pages do not name nginx.
var ErrorPages = &lint.Rule{
	ID:       "cis-error-pages",
	Severity: diag.Warning,
	Off:      true,
	Profile:  lint.CIS,
	Summary:  "error pages do not name nginx",
	Page:     page("cis-error-pages"),
	Check:    checkErrorPages,
}

func checkErrorPages(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, s := range missing(c, "error_page") {
			if redirects(s) {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: s.Opener.Location(0),
				Message:  diag.T("CIS 2.5.2: this server has no error_page of its own"),
				Why:      diag.T("the built-in pages say nginx at their end"),
				Help:     diag.T("write `error_page 404 /404.html;` and `error_page 500 502 503 504 /50x.html;` with pages of your own"),
			})
		}
	}
}

// redirects tells whether a server leads everything elsewhere.
func redirects(s *site.Server) bool {
	if len(s.Here("return")) > 0 {
		return true
	}
	locations := s.Here("location")
	for _, l := range locations {
		if l.Body == nil || len(l.Body.Here("return")) == 0 && len(l.Body.Here("root")) == 0 {
			return false
		}
	}
	return len(locations) > 0 && len(locations[len(locations)-1].Body.Here("return")) > 0
}
