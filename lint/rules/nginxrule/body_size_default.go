package nginxrule

import (
	"regexp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// BodySizeDefault reports locations that clearly take uploads under the default
// limit of 1 MiB.
var BodySizeDefault = &lint.Rule{
	ID:       "nginx-body-size-default",
	Severity: diag.Info,
	Summary:  "uploads are likely, and the default limit of 1m stands",
	Page:     page("nginx-body-size-default"),
	Check:    checkBodySizeDefault,
}

// uploading matches the names that locations for uploads usually have.
var uploading = regexp.MustCompile(`(?i)(^|[^a-z])(uploads?|imports?|attachments?|webdav|dav)([^a-z]|$)`)

func checkBodySizeDefault(p *lint.Pass) {
	for _, c := range p.Nginx {
		for l := range c.Locations() {
			pass := passHere(l.Scope)
			if pass == nil || l.Opener == nil || len(l.Effective("client_max_body_size")) > 0 || opaqueAround(l.Scope) {
				continue
			}
			var related []diag.Related
			switch why := expectsUploads(l); {
			case why != nil:
				related = []diag.Related{{Location: why.HeadLocation(), Message: diag.T("this is of use for large bodies alone")}}
			case !uploading.MatchString(l.Pattern):
				continue
			}
			p.Report(diag.Diagnostic{
				Location: l.Opener.HeadLocation(),
				Message:  diag.T("location %s takes uploads of at most 1 MiB, the default", shownLocation(l)),
				Why:      diag.T("nginx answers 413 and logs: client intended to send too large body"),
				Help:     diag.T("add `client_max_body_size` with what the application takes"),
				Related:  related,
			})
		}
	}
}

// expectsUploads returns a setting of the location that large bodies alone need.
func expectsUploads(l *site.Location) *site.Node {
	for _, name := range []string{"client_body_in_file_only", "client_body_temp_path", "proxy_request_buffering", "uwsgi_request_buffering", "fastcgi_request_buffering", "scgi_request_buffering"} {
		for _, n := range l.Here(name) {
			if name == "client_body_temp_path" || name == "client_body_in_file_only" && n.Arg(0) != "off" || n.Arg(0) == "off" && name != "client_body_in_file_only" {
				return n
			}
		}
	}
	return nil
}
