package front

import (
	"fmt"
	"net"
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
		p, err := newPeer(s.Address, 80)
		if err != nil {
			c.fail(s.Node, "%v", err)
			continue
		}
		c.used[s.Node] = true
		p.server = s.Address
		p.weight, p.backup, p.down = s.Weight, s.Backup, s.Down
		for _, a := range s.Node.Args[1:] {
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
		p.effective = p.weight
		group.peers = append(group.peers, p)
	}
	for _, n := range u.Nodes {
		c.upstreamDirective(group, n)
	}
	c.upstreams[u.Name] = group
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

// newPeer reads an address of an upstream.
func newPeer(address string, port int) (*peer, error) {
	a, refused := value.ParseAddress(address, value.AddressUse{})
	if refused != "" {
		return nil, fmt.Errorf("%s in %q", refused, address)
	}
	p := &peer{weight: 1, effective: 1, maxFails: 1, failTimeout: 10}
	if a.Unix != "" {
		p.network, p.address, p.shown = "unix", a.Unix, "unix:"+a.Unix
		return p, nil
	}
	if a.NoPort || a.Port == 0 {
		a.Port = port
	}
	host := strings.Trim(a.Host, "[]")
	p.network, p.address = "tcp", net.JoinHostPort(host, strconv.Itoa(a.Port))
	p.shown = p.address
	return p, nil
}
