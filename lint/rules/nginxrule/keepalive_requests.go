package nginxrule

import (
	"strconv"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// KeepaliveRequests reports connections that end far too early, or never.
var KeepaliveRequests = &lint.Rule{
	ID:       "nginx-keepalive-requests",
	Severity: diag.Info,
	Summary:  "connections that serve a handful of requests, or so many that their memory is never freed",
	Page:     page("nginx-keepalive-requests"),
	Check:    checkKeepaliveRequests,
}

// The bounds outside of which keepalive_requests does harm: nginx's default was
// 100 before 1.19.10 and is 1000 since.
const (
	fewRequests  = 100
	manyRequests = 100_000
)

func checkKeepaliveRequests(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("keepalive_requests") {
			v, err := strconv.Atoi(n.Arg(0))
			if err != nil || n.Row == nil {
				continue
			}
			switch {
			case v < fewRequests:
				p.Report(diag.Diagnostic{
					Location: n.Location(1),
					Message:  diag.T("a connection is closed after %d requests", v),
					Why:      diag.T("each new one costs a handshake; a page over HTTP/2 uses that many at once, and its requests fail with ERR_HTTP2_SERVER_REFUSED_STREAM"),
					Help:     diag.T("leave it at nginx's default of 1000"),
				})
			case v > manyRequests:
				p.Report(diag.Diagnostic{
					Location: n.Location(1),
					Message:  diag.T("a connection is closed only after %d requests", v),
					Why:      diag.T("what nginx allocates for a connection is freed when it ends: the memory of the workers grows"),
					Help:     diag.T("leave it at nginx's default of 1000, or some thousands"),
				})
			}
		}
		checkNoKeepalive(p, c)
	}
}

// checkNoKeepalive finds HTTP/2 on connections that are closed at once.
func checkNoKeepalive(p *lint.Pass, c *site.Config) {
	for _, s := range c.Servers {
		if s.Context != directive.Server || !speaksHTTP2(s) {
			continue
		}
		for _, n := range s.Effective("keepalive_timeout") {
			if n.Arg(0) != "0" && n.Arg(0) != "0s" {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("keepalive_timeout 0 closes HTTP/2 connections as soon as they are idle"),
				Why:      diag.T("HTTP/2 sends all requests of a page over one connection: each page costs a TLS handshake or several"),
				Help:     diag.T("leave it at nginx's default of 75s"),
			})
		}
	}
}

// speaksHTTP2 tells whether a server takes HTTP/2.
func speaksHTTP2(s *site.Server) bool {
	for _, l := range s.Listens {
		if l.HTTP2 {
			return true
		}
	}
	return inForce(s.Scope, "http2", "off") == "on"
}
