package nginxrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// QUIC reports HTTP/3 that clients do not find, or lose.
var QUIC = &lint.Rule{
	ID:       "nginx-quic",
	Severity: diag.Warning,
	Summary:  "quic listeners without reuseport, TLS 1.3 or Alt-Svc",
	Page:     page("nginx-quic"),
	Check:    checkQUIC,
}

func checkQUIC(p *lint.Pass) {
	for _, c := range p.Nginx {
		reuse, first := map[listenKey]bool{}, map[listenKey]*site.Node{}
		var order []listenKey
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				if !l.QUIC || l.Node == nil {
					continue
				}
				k := keyOf(l)
				if first[k] == nil {
					first[k] = l.Node
					order = append(order, k)
				}
				reuse[k] = reuse[k] || slices.ContainsFunc(l.Node.Args, func(w nginx.Word) bool { return w.Value == "reuseport" })
			}
			if s.Context == directive.Server && slices.ContainsFunc(s.Listens, func(l site.Listen) bool { return l.QUIC && l.Node != nil }) {
				checkTLS13(p, s)
				checkAltSvc(p, s)
			}
		}
		if !wholeConfig(c) || oneWorker(c) {
			continue // a listener of another file may have it
		}
		for _, k := range order {
			if !reuse[k] {
				p.Report(diag.Diagnostic{
					Location: first[k].HeadLocation(),
					Message:  diag.T("no quic listener of %s has reuseport", k),
					Why:      diag.T("the packets of one connection reach whichever worker is free, and another worker than its own drops them: connections break off and fall back to HTTP/2"),
					Help:     diag.T("add `reuseport` to one of them; with `quic_bpf on;` (Linux 5.7) connections also follow a client to another address"),
				})
			}
		}
	}
}

func oneWorker(c *site.Config) bool {
	nodes := c.Find("worker_processes")
	return len(nodes) == 0 || nodes[0].Arg(0) == "1"
}

// checkTLS13 finds a server whose protocols leave out the only one that QUIC has.
func checkTLS13(p *lint.Pass, s *site.Server) {
	nodes := s.Effective("ssl_protocols")
	if len(nodes) == 0 || slices.ContainsFunc(nodes[0].Args, func(w nginx.Word) bool { return w.Value == "TLSv1.3" || strings.Contains(w.Value, "$") }) {
		return
	}
	p.Report(diag.Diagnostic{
		Location: nodes[0].HeadLocation(),
		Message:  diag.T("ssl_protocols without TLSv1.3, and QUIC needs it"),
		Why:      diag.T("every QUIC handshake fails"),
		Help:     diag.T("add TLSv1.3"),
	})
}

// checkAltSvc finds a server that tells nobody of its HTTP/3.
func checkAltSvc(p *lint.Pass, s *site.Server) {
	if opaqueAround(s.Scope) || site.First(s.Effective("add_header"), "Alt-Svc") != nil {
		return
	}
	for l := range s.All() {
		if isOpaque(l.Scope) || site.First(l.Here("add_header"), "Alt-Svc") != nil {
			return
		}
	}
	for _, l := range s.Listens {
		if l.QUIC && l.Node != nil {
			p.Report(diag.Diagnostic{
				Location: l.Node.HeadLocation(),
				Message:  diag.T("no Alt-Svc header tells browsers of HTTP/3"),
				Why:      diag.T("browsers try HTTP/3 only where a header or the DNS says so: they stay with HTTP/2"),
				Help:     diag.T("add `add_header Alt-Svc 'h3=\":%d\"; ma=86400';`", l.Port),
			})
			return
		}
	}
}
