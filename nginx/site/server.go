package site

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/directive"
)

// finish reads a server's addresses and names once its content is known.
func (s *Server) finish() {
	if s.Context != directive.Server {
		return // a fragment of locations, whose server is not here
	}
	for _, n := range s.Here("listen") {
		if l, ok := parseListen(n); ok {
			s.Listens = append(s.Listens, l)
		}
	}
	if len(s.Listens) == 0 && len(s.Here("listen")) == 0 {
		s.Listens = []Listen{{Host: "*", Port: 80}}
	}
	sslOn := false
	for _, n := range s.Here("ssl") {
		sslOn = n.Arg(0) == "on"
	}
	if sslOn {
		for i := range s.Listens {
			s.Listens[i].SSL = true
		}
	}
	for _, n := range s.Here("server_name") {
		for i, a := range n.Args {
			s.Names = append(s.Names, parseName(n, i, a.Value))
		}
	}
	if len(s.Names) == 0 {
		s.Names = []Name{{}}
	}
}

// parseListen reads a listen directive (ngx_http_core_listen and
// ngx_parse_url): a port, an address, both, or unix:/path, then parameters. It
// is false for what nginx would refuse.
func parseListen(n *Node) (Listen, bool) {
	l := Listen{Node: n, Port: 80}
	if len(n.Args) == 0 {
		return l, false
	}
	address := n.Arg(0)
	switch {
	case strings.HasPrefix(address, "unix:"):
		l.Unix, l.Port = address[len("unix:"):], 0
	case isNumber(address):
		l.Host, l.Port = "*", port(address)
	case strings.HasPrefix(address, "["):
		end := strings.IndexByte(address, ']')
		if end < 0 {
			return l, false
		}
		l.Host = strings.ToLower(address[:end+1])
		if rest := address[end+1:]; strings.HasPrefix(rest, ":") {
			l.Port = port(rest[1:])
		} else if rest != "" {
			return l, false
		}
	default:
		host, p, ok := strings.Cut(address, ":")
		l.Host = strings.ToLower(host)
		if ok {
			l.Port = port(p)
		}
	}
	if l.Host == "0.0.0.0" {
		l.Host = "*"
	}
	if a, err := netip.ParseAddr(strings.Trim(l.Host, "[]")); err == nil && a.Is6() {
		l.Host = "[" + a.String() + "]"
	}
	if l.Unix == "" && (l.Port < 1 || l.Port > 65535) {
		return l, false
	}
	for _, a := range n.Args[1:] {
		switch a.Value {
		case "default_server", "default":
			l.Default = true
		case "ssl":
			l.SSL = true
		case "http2":
			l.HTTP2 = true
		case "quic", "http3":
			l.QUIC = true
		case "proxy_protocol":
			l.ProxyPro = true
		}
	}
	return l, true
}

func isNumber(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// port reads a port; 0 is none.
func port(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 65535 {
		return 0
	}
	return n
}

// parseName reads one name of a server (ngx_http_core_server_name).
func parseName(n *Node, word int, value string) Name {
	name := Name{Node: n, Word: word, Value: strings.ToLower(value)}
	switch {
	case strings.HasPrefix(value, "~"):
		name.Kind, name.Value = RegexName, value
	case strings.HasPrefix(value, "*.") || strings.HasPrefix(value, "."):
		name.Kind = LeadingWildcard
	case strings.HasSuffix(value, ".*"):
		name.Kind = TrailingWildcard
	}
	return name
}

// finish reads an upstream's members.
func (u *Upstream) finish() {
	for _, n := range u.Here("server") {
		if len(n.Args) == 0 {
			continue
		}
		s := UpstreamServer{Node: n, Address: n.Arg(0), Weight: 1}
		for _, a := range n.Args[1:] {
			switch {
			case a.Value == "backup":
				s.Backup = true
			case a.Value == "down":
				s.Down = true
			case strings.HasPrefix(a.Value, "weight="):
				if w, err := strconv.Atoi(a.Value[len("weight="):]); err == nil {
					s.Weight = w
				}
			}
		}
		u.Servers = append(u.Servers, s)
	}
}
