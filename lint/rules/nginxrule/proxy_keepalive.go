package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// ProxyKeepalive reports an upstream that keeps connections which its passes
// close after each request.
var ProxyKeepalive = &lint.Rule{
	ID:       "nginx-proxy-keepalive",
	Severity: diag.Info,
	Summary:  "keepalive in an upstream, and a pass that closes each connection",
	Fixable:  true,
	Page:     page("nginx-proxy-keepalive"),
	Check:    checkProxyKeepalive,
}

func checkProxyKeepalive(p *lint.Pass) {
	// nginx 1.29.7 made HTTP/1.1 without Connection: close the default.
	version, connection := "1.0", "close"
	if saidAtLeast(p, "1.29.7") {
		version, connection = "1.1", ""
	}
	for _, via := range p.Passes {
		if len(via.Targets) == 0 || via.Targets[0].Upstream == nil || opaqueAround(via.Node.Scope) {
			continue
		}
		keepalive := via.Targets[0].Upstream.Here("keepalive")
		if len(keepalive) == 0 || keepalive[0].Arg(0) == "0" {
			continue
		}
		scope := via.Node.Scope
		switch {
		case via.Node.Name.Value == "fastcgi_pass":
			checkKeepConn(p, via, keepalive[0])
		case via.Protocol == pair.HTTP || via.Protocol == pair.HTTPS:
			headers := scope.Effective("proxy_set_header")
			sent := connection
			if n := site.First(headers, "Connection"); n != nil {
				sent = strings.ToLower(n.Arg(1))
			}
			old := inForce(scope, "proxy_http_version", version) == "1.0"
			if old || sent == "close" {
				reportKeepalive(p, via, keepalive[0], headers, old, sent == "close")
			}
		}
	}
}

func reportKeepalive(p *lint.Pass, via *pair.Pass, keepalive *site.Node, headers []*site.Node, old, closes bool) {
	n := via.Node
	d := diag.Diagnostic{
		Location: n.HeadLocation(),
		Message:  diag.T("the connections that the upstream keeps are closed after each request"),
		Why:      diag.T("nginx before 1.29.7 passes with HTTP/1.0 and Connection: close unless told otherwise: each request costs a connection, and sockets in TIME_WAIT"),
		Help:     diag.T("add `proxy_http_version 1.1;` and `proxy_set_header Connection \"\";`"),
		Related:  []diag.Related{{Location: keepalive.HeadLocation(), Message: diag.T("the connections are kept here")}},
	}
	var lines []string
	if old {
		lines = append(lines, "proxy_http_version 1.1;")
	}
	header := site.First(headers, "Connection")
	inherited := len(headers) > 0 && headers[0].Scope != n.Scope
	if closes && header == nil && !inherited {
		lines = append(lines, `proxy_set_header Connection "";`)
	}
	if len(n.Scope.Here("proxy_http_version")) == 0 && !(closes && (header != nil || inherited)) && len(lines) > 0 {
		if edit, ok := n.Beside("proxy_set_header", lines...); ok {
			d.Fix = &diag.Fix{Message: diag.T("keep the connections"), Edits: []diag.Edit{edit}}
		}
	}
	p.Report(d)
}

func checkKeepConn(p *lint.Pass, via *pair.Pass, keepalive *site.Node) {
	if inForce(via.Node.Scope, "fastcgi_keep_conn", "off") == "on" {
		return
	}
	d := diag.Diagnostic{
		Location: via.Node.HeadLocation(),
		Message:  diag.T("the connections that the upstream keeps are closed after each request"),
		Why:      diag.T("a FastCGI server closes the connection unless fastcgi_keep_conn asks it not to"),
		Help:     diag.T("add `fastcgi_keep_conn on;`"),
		Related:  []diag.Related{{Location: keepalive.HeadLocation(), Message: diag.T("the connections are kept here")}},
	}
	if len(via.Node.Scope.Here("fastcgi_keep_conn")) == 0 {
		if edit, ok := via.Node.Beside("fastcgi_keep_conn", "fastcgi_keep_conn on;"); ok {
			d.Fix = &diag.Fix{Message: diag.T("keep the connections"), Edits: []diag.Edit{edit}}
		}
	}
	p.Report(d)
}
