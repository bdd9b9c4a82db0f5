package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// HTTP2Misdirected reports a server that refuses handshakes for unknown hosts,
// and answers requests for them that come over a connection which another host
// has opened.
var HTTP2Misdirected = &lint.Rule{
	ID:       "nginx-http2-misdirected",
	Severity: diag.Info,
	Summary:  "a default server with ssl_reject_handshake answers HTTP/2 requests of reused connections",
	Page:     page("nginx-http2-misdirected"),
	Check:    checkHTTP2Misdirected,
}

func checkHTTP2Misdirected(p *lint.Pass) {
	for _, c := range p.Nginx {
		http2 := map[listenKey]bool{}
		for _, s := range c.Servers {
			on := s.Context == directive.Server && inForce(s.Scope, "http2", "off") == "on"
			for _, l := range s.Listens {
				if l.SSL && (l.HTTP2 || on) || l.QUIC {
					http2[keyOf(l)] = true
				}
			}
		}
		for _, s := range c.Servers {
			reject := s.Here("ssl_reject_handshake")
			if len(reject) == 0 || reject[0].Arg(0) != "on" || refusesUnknown(s) || isOpaque(s.Scope) {
				continue
			}
			for _, l := range s.Listens {
				if !l.Default || !http2[keyOf(l)] {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: reject[0].HeadLocation(),
					Message:  diag.T("requests for unknown hosts over HTTP/2 connections that another host opened are answered here"),
					Why:      diag.T("no handshake is made for them: browsers reuse connections for hosts of one certificate, and get 404 or this server's files instead of 421 (Misdirected Request), after which they would open a connection of their own"),
					Help:     diag.T("add `return 421;`"),
				})
				break
			}
		}
	}
}

// refusesUnknown tells whether a server turns every request away.
func refusesUnknown(s *site.Server) bool {
	if len(s.Here("return")) > 0 {
		return true
	}
	for _, l := range s.Locations {
		if l.Pattern == "/" && len(l.Here("return")) > 0 {
			return true
		}
	}
	return false
}
