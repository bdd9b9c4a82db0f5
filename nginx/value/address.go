package value

import (
	"net/netip"
	"strings"
)

// Address is what nginx makes of an address (ngx_parse_url).
type Address struct {
	Unix string // the path, for unix:/path
	Host string // as written; "*" when only a port is given to listen
	Port int
	// LastPort is the end of a range of ports, 0 when there is none.
	LastPort int
	NoPort   bool   // none was written
	URI      string // the part after the address, where one may follow
	// IP is valid where the host is an address and no name.
	IP netip.Addr
}

// AddressUse says what an address is for.
type AddressUse struct {
	Listen bool // a port alone is enough, and a range of ports is allowed
	URI    bool // a URI may follow
}

// ParseAddress reads an address: host, host:port, [::1]:port, unix:/path. The
// second result is what nginx says of one that it refuses. Names are not
// resolved.
func ParseAddress(s string, use AddressUse) (a Address, refused string) {
	switch {
	case len(s) >= 5 && strings.EqualFold(s[:5], "unix:"):
		return unixAddress(s[5:], use)
	case strings.HasPrefix(s, "["):
		return inet6Address(s, use)
	}
	return inetAddress(s, use)
}

// Possible tells whether the host is an address, or may be a name: one with
// other characters than a name has can never be resolved.
func (a Address) Possible() bool {
	if a.Unix != "" || a.IP.IsValid() || a.Host == "*" {
		return true
	}
	for i := range len(a.Host) {
		if c := a.Host[i]; !isWord(c) && c != '-' && c != '.' && c < 0x80 {
			return false
		}
	}
	return a.Host != "" && !mistyped(a.Host)
}

// mistyped tells whether a host was rather meant to be an address: its last
// label is a number, which that of no name is, and another one is not.
func mistyped(host string) bool {
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 {
		return false
	}
	_, number := Number(host[dot+1:])
	return number && strings.Trim(host[:dot], "0123456789.") != ""
}

func unixAddress(path string, use AddressUse) (a Address, refused string) {
	if use.URI {
		path, a.URI, _ = strings.Cut(path, ":")
	}
	a.Unix = path
	switch {
	case path == "":
		return a, "no path in the unix domain socket"
	case len(path) > 107:
		return a, "too long path in the unix domain socket"
	}
	return a, ""
}

func inetAddress(s string, use AddressUse) (a Address, refused string) {
	if i := strings.IndexAny(s, "/?"); i >= 0 {
		if use.Listen || !use.URI {
			return a, "invalid host"
		}
		s, a.URI = s[:i], s[i:]
	}
	host, ports, hasPort := strings.Cut(s, ":")
	a.Host = host
	switch {
	case hasPort:
		if refused = a.ports(ports, use); refused != "" {
			return a, refused
		}
	case use.Listen && a.URI == "" && portOnly(s):
		a.Host = "*"
		return a, a.ports(s, use)
	default:
		a.NoPort = true
	}
	if host == "" {
		return a, "no host"
	}
	a.IP = ipv4(host)
	return a, ""
}

// portOnly tells whether a listen address is a port or a range of them.
func portOnly(s string) bool {
	from, to, isRange := strings.Cut(s, "-")
	if _, ok := Number(from); !ok {
		return false
	}
	_, ok := Number(to)
	return ok || !isRange
}

func inet6Address(s string, use AddressUse) (a Address, refused string) {
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return a, "invalid host"
	}
	a.Host = s[:end+1]
	rest := s[end+1:]
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		if use.Listen || !use.URI {
			return a, "invalid host"
		}
		rest, a.URI = rest[:i], rest[i:]
	}
	if rest == "" {
		a.NoPort = true
	} else {
		port, ok := strings.CutPrefix(rest, ":")
		if !ok {
			return a, "invalid host"
		}
		if refused = a.ports(port, use); refused != "" {
			return a, refused
		}
	}
	if end == 1 {
		return a, "no host"
	}
	ip, err := netip.ParseAddr(s[1:end])
	if err != nil || ip.Zone() != "" || !ip.Is6() {
		return a, "invalid IPv6 address"
	}
	a.IP = ip
	return a, ""
}

// ports reads the port, or the range that listen takes.
func (a *Address) ports(s string, use AddressUse) (refused string) {
	from, to, isRange := strings.Cut(s, "-")
	if isRange && use.Listen {
		n, ok := Number(to)
		if !ok || n < 1 || n > 65535 {
			return "invalid port"
		}
		a.LastPort = int(n)
		s = from
	}
	n, ok := Number(s)
	if !ok || n < 1 || n > 65535 {
		return "invalid port"
	}
	if a.Port = int(n); a.LastPort != 0 && a.Port > a.LastPort {
		return "invalid port range"
	}
	return ""
}

// ipv4 reads an IPv4 address as ngx_inet_addr does: four numbers, of which some
// may be empty. It is invalid for a name.
func ipv4(s string) netip.Addr {
	var octets [4]byte
	n, value := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if value = value*10 + int(c-'0'); value > 255 {
				return netip.Addr{}
			}
		case c == '.' && n < 3:
			octets[n] = byte(value)
			n, value = n+1, 0
		default:
			return netip.Addr{}
		}
	}
	octets[3] = byte(value)
	ip := netip.AddrFrom4(octets)
	if n != 3 || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return netip.Addr{}
	}
	return ip
}

// Network tells whether s is an address or a network such as 10.0.0.0/8
// (ngx_ptocidr).
func Network(s string) bool {
	host, mask, hasMask := strings.Cut(s, "/")
	bits := int64(32)
	if !ipv4(host).IsValid() {
		ip, err := netip.ParseAddr(host)
		if err != nil || !ip.Is6() || ip.Zone() != "" {
			return false
		}
		bits = 128
	}
	if !hasMask {
		return true
	}
	n, ok := Number(mask)
	return ok && n <= bits
}

// addressRange tells whether s is a range of IPv4 addresses.
func addressRange(s string) bool {
	from, to, ok := strings.Cut(s, "-")
	a, b := ipv4(from), ipv4(to)
	return ok && a.IsValid() && b.IsValid() && a.Compare(b) <= 0
}
