package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// checkStreamServers finds servers of stream that listen nowhere, that have
// nothing to do with a connection, or whose listen asks UDP for what TCP has.
func checkStreamServers(p *lint.Pass, c *site.Config) {
	for _, n := range c.Find("server") {
		if n.Body == nil || n.Body.Context != directive.StreamServer || opaque(n.Body) {
			continue
		}
		if len(n.Body.Here("listen")) == 0 {
			p.Report(diag.Diagnostic{
				Location: n.Location(0),
				Message:  diag.T("the server of stream listens nowhere"),
				Why:      diag.T(`nginx does not start: no "listen" is defined for server`),
				Help:     diag.T("add `listen`: only servers of http have a default"),
			})
		}
		handled := len(n.Body.Here("proxy_pass"))+len(n.Body.Here("return"))+len(n.Body.Here("pass")) > 0
		for _, d := range n.Body.Nodes {
			handled = handled || d.Row == nil // of a module that is not known
		}
		if !handled {
			p.Report(diag.Diagnostic{
				Location: n.Location(0),
				Message:  diag.T("the server of stream has neither proxy_pass nor return"),
				Why:      diag.T("nginx does not start: no handler for server"),
			})
		}
	}
	for _, n := range c.Find("listen") {
		if n.Row != nil && n.Scope.Context == directive.StreamServer && len(n.Args) > 1 {
			checkUDP(p, n)
		}
	}
}

func checkUDP(p *lint.Pass, n *site.Node) {
	udp := false
	for _, a := range n.Args[1:] {
		udp = udp || a.Value == "udp"
	}
	for i, a := range n.Args {
		name, _, _ := strings.Cut(a.Value, "=")
		switch name {
		case "backlog", "ssl", "so_keepalive", "proxy_protocol", "fastopen":
			if udp && i > 0 {
				p.Report(diag.Diagnostic{
					Location: n.Location(i + 1),
					Message:  diag.T("%q and %q exclude each other", name, "udp"),
					Why:      diag.T("nginx does not start: %q directive is incompatible with %q", name, "udp"),
				})
			}
		}
	}
}

// checkStreamAddresses finds an address that several servers of stream have,
// which they could not before nginx 1.25.5.
func checkStreamAddresses(p *lint.Pass, c *site.Config) {
	if p.Target.NginxAtLeast("1.25.5") {
		return
	}
	first := map[string]*site.Node{}
	for _, n := range c.Find("listen") {
		if n.Row == nil || n.Scope.Context != directive.StreamServer || template(n.Arg(0)) {
			continue
		}
		a, refused := value.ParseAddress(n.Arg(0), value.AddressUse{Listen: true})
		if refused != "" || a.LastPort != 0 {
			continue
		}
		key := n.Arg(0)
		if a.Unix == "" {
			key = hostKey(a) + ":" + n.Arg(0)[strings.LastIndexByte(n.Arg(0), ':')+1:]
		}
		for _, w := range n.Args[1:] {
			if w.Value == "udp" {
				key += " udp"
			}
		}
		if earlier := first[key]; earlier != nil {
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("%s has a server of stream already", n.Arg(0)),
				Why:      diag.T("nginx does not start: duplicate %q address and port pair", n.Arg(0)),
				Related:  []diag.Related{{Location: earlier.HeadLocation(), Message: diag.T("the first one")}},
			})
			continue
		}
		first[key] = n
	}
}

// checkStreamPorts finds members of upstreams and passes of stream without a
// port: no protocol there has a default one.
func checkStreamPorts(p *lint.Pass, c *site.Config) {
	names := map[string]bool{}
	for _, n := range c.Find("upstream") {
		if n.Scope.Context == directive.Stream {
			names[strings.ToLower(n.Arg(0))] = true
		}
	}
	for _, name := range []string{"proxy_pass", "server"} {
		for _, n := range c.Find(name) {
			want := directive.StreamServer
			if name == "server" {
				want = directive.StreamUpstream
			}
			if n.Row == nil || n.Scope.Context != want || len(n.Args) == 0 || strings.Contains(n.Arg(0), "$") || template(n.Arg(0)) {
				continue
			}
			a, refused := value.ParseAddress(n.Arg(0), value.AddressUse{})
			if refused != "" || a.Unix != "" || !a.NoPort || name == "proxy_pass" && names[strings.ToLower(a.Host)] {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: n.Location(1),
				Message:  diag.T("%q has no port", n.Arg(0)),
				Why:      diag.T("nginx does not start: no port in upstream %q", a.Host),
				Help:     diag.T("add `upstream %s { server ...; }`, or write an address with its port", a.Host),
			})
		}
	}
}
