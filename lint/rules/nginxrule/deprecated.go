package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// Deprecated reports directives that nginx itself warns of.
var Deprecated = &lint.Rule{
	ID:       "nginx-deprecated",
	Severity: diag.Warning,
	Summary:  "directives that nginx ignores or will drop, and says so when it starts",
	Fixable:  true,
	Page:     page("nginx-deprecated"),
	Check:    checkDeprecated,
}

// deprecation is a directive that has had its day, from the handlers that warn
// (ngx_http_v2_obsolete, ngx_conf_deprecated and the like in nginx's source).
type deprecation struct {
	name string
	// instead is the directive to use now; "" where there is none.
	instead string
	// since is the first release that warns.
	since string
	// works tells that nginx still carries it out.
	works bool
}

var deprecations = []deprecation{
	{"http2_idle_timeout", "keepalive_timeout", "1.19.7", false},
	{"http2_recv_timeout", "client_header_timeout", "1.19.7", false},
	{"http2_max_field_size", "large_client_header_buffers", "1.19.7", false},
	{"http2_max_header_size", "large_client_header_buffers", "1.19.7", false},
	{"http2_max_requests", "keepalive_requests", "1.19.7", false},
	{"http2_push", "", "1.25.1", false},
	{"http2_push_preload", "", "1.25.1", false},
	{"http2_max_concurrent_pushes", "", "1.25.1", false},
	{"spdy_chunk_size", "", "1.9.5", false},
	{"spdy_headers_comp", "", "1.9.5", false},
	{"spdy_keepalive_timeout", "", "1.9.5", false},
	{"spdy_max_concurrent_streams", "", "1.9.5", false},
	{"spdy_pool_size", "", "1.9.5", false},
	{"spdy_recv_buffer_size", "", "1.9.5", false},
	{"spdy_recv_timeout", "", "1.9.5", false},
	{"spdy_streams_index_size", "", "1.9.5", false},
	{"proxy_downstream_buffer", "proxy_buffer_size", "1.9.2", true},
	{"proxy_upstream_buffer", "proxy_buffer_size", "1.9.2", true},
}

func checkDeprecated(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, old := range deprecations {
			if !p.Target.NginxAtLeast(old.since) {
				continue
			}
			for _, n := range c.Find(old.name) {
				if n.Row != nil {
					reportDeprecated(p, n, old)
				}
			}
		}
		for _, n := range c.Find("aio") {
			if n.Arg(0) == "sendfile" && n.Row != nil {
				p.Report(diag.Diagnostic{
					Location: n.Location(1),
					Message:  diag.T("aio sendfile is deprecated"),
					Why:      diag.T("nginx starts with the warning: the \"sendfile\" parameter of the \"aio\" directive is deprecated"),
					Help:     diag.T("write `aio on;` beside `sendfile on;`"),
				})
			}
		}
	}
}

func reportDeprecated(p *lint.Pass, n *site.Node, old deprecation) {
	d := diag.Diagnostic{Location: n.HeadLocation()}
	switch {
	case old.works:
		d.Message = diag.T("%s is deprecated", old.name)
		d.Why = diag.T("nginx starts with the warning: the %q directive is deprecated, use the %q directive instead", old.name, old.instead)
		d.Help = diag.T("write %s", old.instead)
		if len(n.Scope.Here(old.instead)) == 0 {
			d.Fix = &diag.Fix{Message: diag.T("use %s", old.instead), Edits: []diag.Edit{{File: n.File.File, Span: n.Name.Span(), New: old.instead}}}
		}
	case old.instead != "":
		d.Message = diag.T("%s is obsolete: nginx ignores it", old.name)
		d.Why = diag.T("nginx starts with the warning: the %q directive is obsolete, use the %q directive instead", old.name, old.instead)
		d.Help = diag.T("remove it; %s now holds for HTTP/2 too", old.instead)
	default:
		d.Message = diag.T("%s is obsolete: nginx ignores it", old.name)
		d.Why = diag.T("nginx starts with the warning: the %q directive is obsolete, ignored", old.name)
		d.Help = diag.T("remove it")
	}
	if !old.works && n.Terminated {
		d.Fix = &diag.Fix{Message: diag.T("remove it"), Edits: []diag.Edit{{File: n.File.File, Span: n.Line()}}}
	}
	p.Report(d)
}
