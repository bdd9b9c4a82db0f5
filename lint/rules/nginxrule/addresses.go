package nginxrule

import (
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// The ports of a range are looked at one by one: at most maxPorts of one, and
// maxExpanded in all of a configuration.
const maxPorts, maxExpanded = 1024, 1 << 16

// listening is one listen directive at one address.
type listening struct {
	server *site.Server
	node   *site.Node // nil for the implied *:80
	text   string     // the address as nginx prints it
	marked bool       // default_server
	ssl    bool
	set    bool // has an option of the socket
}

// addresses returns the listen directives of a configuration by address, in
// reading order, and the addresses in the order in which they first appear.
func addresses(c *site.Config) (order []string, by map[string][]listening) {
	by = map[string][]listening{}
	expanded := 0
	add := func(key string, l listening) {
		if by[key] == nil {
			order = append(order, key)
		}
		by[key] = append(by[key], l)
	}
	for _, s := range c.Servers {
		if s.Opener == nil {
			continue
		}
		listens := s.Here("listen")
		if len(listens) == 0 {
			add("*:80", listening{server: s, text: "0.0.0.0:80"})
		}
		for _, n := range listens {
			if n.Row == nil || len(n.Args) == 0 || template(n.Arg(0)) {
				continue
			}
			a, refused := value.ParseAddress(n.Arg(0), value.AddressUse{Listen: true})
			if refused != "" {
				continue
			}
			l := listening{server: s, node: n}
			quic := l.options(n)
			if a.Unix != "" {
				l.text = "unix:" + a.Unix
				add(l.text, l)
				continue
			}
			if a.NoPort {
				a.Port = 80
			}
			host := hostKey(a)
			last := min(max(a.LastPort, a.Port), a.Port+maxPorts)
			if expanded += last - a.Port; expanded > maxExpanded {
				last = a.Port
			}
			for port := a.Port; port <= last; port++ {
				l.text = strings.Replace(host, "*", "0.0.0.0", 1) + ":" + strconv.Itoa(port)
				add(host+":"+strconv.Itoa(port)+quic, l)
			}
		}
	}
	return order, by
}

func hostKey(a value.Address) string {
	switch {
	case a.Host == "*" || a.IP.IsValid() && a.IP.Is4() && a.IP.IsUnspecified():
		return "*"
	case a.IP.Is6():
		return "[" + a.IP.String() + "]"
	case a.IP.IsValid():
		return a.IP.String()
	}
	return strings.ToLower(a.Host)
}

// options reads the parameters; quic listens beside TCP at the same address.
func (l *listening) options(n *site.Node) (quic string) {
	for i, a := range n.Args {
		if i == 0 {
			continue // the address
		}
		name, _, _ := strings.Cut(a.Value, "=")
		switch name {
		case "default_server", "default":
			l.marked = true
		case "ssl":
			l.ssl = true
		case "quic":
			l.ssl, quic = true, " quic"
		case "bind", "setfib", "fastopen", "backlog", "rcvbuf", "sndbuf", "accept_filter", "deferred", "ipv6only", "reuseport", "so_keepalive", "multipath":
			l.set = true
		}
	}
	return quic
}
