package front

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// upstream is a group of peers, or one address.
type upstream struct {
	name   string
	peers  []*peer // the backup ones too
	method string  // round robin is ""
	key    *text   // of hash
	two    bool    // random: the better of two
	ring   []point // of hash with consistent; nil without

	// How many connections may wait, for how long, and how much and how long
	// they are used.
	keepalive         int
	keepaliveRequests int
	keepaliveTimeout  time.Duration
	keepaliveTime     time.Duration

	mu   sync.Mutex
	idle []*link // the one that waits longest first
	gone bool    // none may wait any more
}

// peer is one address of an upstream (ngx_http_upstream_rr_peer_t).
type peer struct {
	network, address string // for net.Dial
	shown            string // as $upstream_addr shows it
	server           string // as it is written
	weight           int
	backup, down     bool
	maxFails         int
	failTimeout      int64 // seconds
	maxConns         int

	current, effective int
	active             int
	fails              int
	accessed, checked  int64 // seconds of the clock
}

func newUpstream(name string) *upstream {
	return &upstream{name: name, keepaliveRequests: 1000, keepaliveTimeout: time.Minute, keepaliveTime: time.Hour}
}

// single tells that there is no choice (peers->single).
func (u *upstream) single() bool { return len(u.peers) == 1 }

// tries is how many peers may be asked.
func (u *upstream) tries() int {
	n := 0
	for _, p := range u.peers {
		if !p.down {
			n++
		}
	}
	return n
}

func (c *config) upstream(u *site.Upstream) {
	group := newUpstream(u.Name)
	for _, s := range u.Servers {
		peers, err := newPeers(s.Address, 80)
		if err != nil {
			c.fail(s.Node, "%v", err)
			continue
		}
		c.used[s.Node] = true
		for _, p := range peers {
			p.server = s.Address
			p.weight, p.effective, p.backup, p.down = s.Weight, s.Weight, s.Backup, s.Down
			p.serverParams(s.Node)
		}
		group.peers = append(group.peers, peers...)
	}
	for _, n := range u.Nodes {
		c.upstreamDirective(group, n)
	}
	c.upstreams[u.Name] = group
}

func (p *peer) serverParams(n *site.Node) {
	for _, a := range n.Args[1:] {
		k, v, _ := strings.Cut(a.Value, "=")
		switch k {
		case "max_fails":
			p.maxFails, _ = strconv.Atoi(v)
		case "fail_timeout":
			p.failTimeout, _ = value.Seconds(v)
		case "max_conns":
			p.maxConns, _ = strconv.Atoi(v)
		}
	}
}

func (c *config) upstreamDirective(group *upstream, n *site.Node) {
	milliseconds := func() time.Duration {
		ms, ok := value.Milliseconds(n.Arg(0))
		if !ok {
			c.fail(n, "%q is no time", n.Arg(0))
		}
		return time.Duration(ms) * time.Millisecond
	}
	switch name := n.Name.Value; name {
	case "least_conn", "ip_hash":
		group.method = name
	case "random":
		group.method, group.two = name, n.Arg(0) == "two"
	case "hash":
		group.method, group.key = name, c.text(n.Arg(0))
		if n.Arg(1) == "consistent" {
			group.ring = newRing(group.peers)
		}
	case "keepalive":
		group.keepalive, _ = strconv.Atoi(n.Arg(0))
	case "keepalive_requests":
		group.keepaliveRequests, _ = strconv.Atoi(n.Arg(0))
	case "keepalive_timeout":
		group.keepaliveTimeout = milliseconds()
	case "keepalive_time":
		group.keepaliveTime = milliseconds()
	case "zone", "server":
	default:
		return
	}
	c.used[n] = true
}

// newPeers reads an address of an upstream. localhost has several; other names
// are resolved when they are connected to.
func newPeers(address string, port int) ([]*peer, error) {
	a, refused := value.ParseAddress(address, value.AddressUse{})
	if refused != "" {
		return nil, fmt.Errorf("%s in %q", refused, address)
	}
	if a.Unix != "" {
		return []*peer{newPeer("unix", a.Unix, "unix:"+a.Unix)}, nil
	}
	if a.NoPort || a.Port == 0 {
		a.Port = port
	}
	hosts := []string{strings.Trim(a.Host, "[]")}
	if strings.EqualFold(a.Host, "localhost") {
		hosts = loopbacks()
	}
	var peers []*peer
	for _, host := range hosts {
		at := net.JoinHostPort(host, strconv.Itoa(a.Port))
		peers = append(peers, newPeer("tcp", at, at))
	}
	return peers, nil
}

func newPeer(network, address, shown string) *peer {
	return &peer{network: network, address: address, shown: shown, weight: 1, effective: 1, maxFails: 1, failTimeout: 10}
}

// loopbacks are the addresses of localhost in the order in which nginx has them
// (ngx_inet_resolve_host): those of IPv6 last, and only where the machine has
// one of that kind that leads out of it, as getaddrinfo asks.
func loopbacks() []string {
	var four, six []string
	found, _ := net.LookupIP("localhost")
	for _, ip := range found {
		if ip.To4() != nil {
			four = append(four, ip.String())
		} else {
			six = append(six, ip.String())
		}
	}
	addresses, _ := net.InterfaceAddrs()
	leads := slices.ContainsFunc(addresses, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		return ok && n.IP.To4() == nil && !n.IP.IsLoopback()
	})
	switch {
	case len(found) == 0:
		return []string{"127.0.0.1"}
	case leads || len(four) == 0:
		return append(four, six...)
	}
	return four
}
