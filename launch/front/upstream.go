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
	name       string
	peers      []*peer
	method     string // round robin is ""
	key        *text  // of hash
	consistent bool
	keepalive  int

	mu sync.Mutex
}

// peer is one address of an upstream (ngx_http_upstream_rr_peer_t).
type peer struct {
	network, address string // for net.Dial
	shown            string // as $upstream_addr shows it
	weight           int
	backup, down     bool
	maxFails         int
	failTimeout      time.Duration
	maxConns         int

	current, effective int
	active             int
	fails              int
	accessed, checked  time.Time
	idle               []net.Conn
}

func (c *config) upstream(u *site.Upstream) {
	group := &upstream{name: u.Name}
	for _, s := range u.Servers {
		p, err := newPeer(s.Address, 80)
		if err != nil {
			c.fail(s.Node, "%v", err)
			continue
		}
		c.used[s.Node] = true
		p.weight, p.backup, p.down = s.Weight, s.Backup, s.Down
		p.maxFails, p.failTimeout = 1, 10*time.Second
		for _, a := range s.Node.Args[1:] {
			k, v, _ := strings.Cut(a.Value, "=")
			switch k {
			case "max_fails":
				p.maxFails, _ = strconv.Atoi(v)
			case "fail_timeout":
				n, _ := value.Seconds(v)
				p.failTimeout = time.Duration(n) * time.Second
			case "max_conns":
				p.maxConns, _ = strconv.Atoi(v)
			}
		}
		p.effective = p.weight
		group.peers = append(group.peers, p)
	}
	for _, n := range u.Nodes {
		switch name := n.Name.Value; name {
		case "least_conn", "ip_hash", "random":
			group.method = name
		case "hash":
			group.method, group.key, group.consistent = name, c.text(n.Arg(0)), n.Arg(1) == "consistent"
		case "keepalive":
			group.keepalive, _ = strconv.Atoi(n.Arg(0))
		case "keepalive_requests", "keepalive_timeout", "keepalive_time", "zone", "server":
		default:
			continue
		}
		c.used[n] = true
	}
	c.upstreams[u.Name] = group
}

// newPeer reads an address of an upstream.
func newPeer(address string, port int) (*peer, error) {
	a, refused := value.ParseAddress(address, value.AddressUse{})
	if refused != "" {
		return nil, fmt.Errorf("%s in %q", refused, address)
	}
	p := &peer{weight: 1, effective: 1}
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
