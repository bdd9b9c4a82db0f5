package front

import (
	"net/netip"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// realIP are the directives of the realip module: whose word is taken for the
// client's address, and where it stands.
type realIP struct {
	from      []netip.Prefix
	unix      bool
	header    string // in lower case; proxy_protocol for that
	recursive bool
}

func (c *config) realIP(s *site.Scope) *realIP {
	nodes := c.all(s, "set_real_ip_from")
	ip := &realIP{header: c.word(s, "real_ip_header", "x-real-ip"), recursive: c.flag(s, "real_ip_recursive", false)}
	for _, n := range nodes {
		if n.Arg(0) == "unix:" {
			ip.unix = true
			continue
		}
		p, ok := parsePrefix(n.Arg(0))
		if !ok {
			c.fail(n, "invalid parameter %q", n.Arg(0))
			continue
		}
		ip.from = append(ip.from, p)
	}
	if len(nodes) == 0 {
		return nil
	}
	return ip
}

// trusts tells whether the word of a peer is taken; the invalid address is that
// of a unix socket.
func (ip *realIP) trusts(a netip.Addr) bool {
	if !a.IsValid() {
		return ip.unix
	}
	for _, p := range ip.from {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// findClient is ngx_http_realip_handler: it looks for the client's address
// once, with the settings of the server and then with those of the location.
func (r *request) findClient() {
	ip := r.loc.realIP
	if ip == nil || r.client != nil {
		return
	}
	var values []string
	for _, h := range r.headers {
		if strings.EqualFold(h.name, ip.header) {
			values = append(values, h.value)
		}
	}
	peer := r.conn.remote
	if ip.header == "proxy_protocol" {
		if p := r.conn.proxied; p != nil && p.from.IsValid() && ip.trusts(peer.Addr()) {
			r.client = &p.from
		}
		return
	}
	if len(values) == 0 {
		return
	}
	if ip.header != "x-forwarded-for" {
		values = values[:1]
	}
	list := strings.FieldsFunc(strings.Join(values, ","), func(c rune) bool { return c == ' ' || c == ',' })
	at := peer.Addr()
	for i := len(list) - 1; i >= 0 && ip.trusts(at); i-- {
		next, ok := parsePeer(list[i])
		if !ok {
			break
		}
		r.client, at = &next, next.Addr()
		if !ip.recursive {
			break
		}
	}
}

// parsePeer reads an address with or without a port (ngx_parse_addr_port).
func parsePeer(s string) (netip.AddrPort, bool) {
	if p, err := netip.ParseAddrPort(s); err == nil {
		return p, true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return netip.AddrPortFrom(a, 0), err == nil && a.Zone() == ""
}
