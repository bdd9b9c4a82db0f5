package securityrule

import (
	"net/netip"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// ResolverExternal reports name servers on the internet.
var ResolverExternal = &lint.Rule{
	ID:       "nginx-resolver-external",
	Severity: diag.Warning,
	Summary:  "nginx asks a name server on the internet",
	Page:     page("nginx-resolver-external"),
	Check:    checkResolverExternal,
}

func checkResolverExternal(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("resolver") {
			if n.Row == nil {
				continue
			}
			for i, a := range n.Args {
				address, ok := address(a.Value)
				if !ok || private(address.String()) || address.IsUnspecified() {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: n.Location(i + 1),
					Message:  diag.T("the name server %s is on the internet", address),
					Why:      diag.T("its answers come over plain UDP: whoever is on the way, or guesses port and id, sends nginx's requests to a server of his own"),
					Help:     diag.T("write a name server of this machine or network, such as 127.0.0.53 (systemd-resolved) or 127.0.0.11 (Docker)"),
				})
			}
		}
	}
}

// address reads an IP address with or without a port.
func address(text string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return a, true
	}
	a, err := netip.ParseAddrPort(text)
	return a.Addr(), err == nil
}
