package front

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/netip"
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

// attempt is what came of asking one peer.
type attempt struct {
	address                string
	status                 int
	connect, header, total time.Duration // below 0 where it did not come to that
	received               int64
	headers                []header
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

// errNoPeer tells that none is left to be asked.
var errNoPeer = errors.New("no live upstreams while connecting to upstream")

// pick chooses the next peer that was not tried yet.
func (u *upstream) pick(r *request, tried []*peer) *peer {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.peers) == 1 && len(tried) == 0 && !u.peers[0].down {
		u.peers[0].active++
		return u.peers[0] // a single one is never held for failed
	}
	for _, backup := range []bool{false, true} {
		var p *peer
		switch {
		case backup, u.method == "", u.method == "random", len(tried) > 20:
			p = u.roundRobin(tried, backup, nil)
		case u.method == "least_conn":
			p = u.leastConnections(tried)
		case u.method == "ip_hash":
			p = u.byHash(addressHash(r.remote().Addr()), tried)
		default:
			p = u.byKey(u.key.eval(r), tried)
		}
		if p != nil {
			p.active++
			return p
		}
	}
	return nil
}

// usable tells whether a peer may be asked now.
func (p *peer) usable(tried []*peer, now time.Time) bool {
	if p.down || slices.Contains(tried, p) || p.maxConns > 0 && p.active >= p.maxConns {
		return false
	}
	return p.maxFails == 0 || p.fails < p.maxFails || now.Sub(p.checked) > p.failTimeout
}

// roundRobin is nginx's smooth weighted round robin.
func (u *upstream) roundRobin(tried []*peer, backup bool, among func(*peer) bool) *peer {
	now := time.Now()
	total := 0
	var best *peer
	for _, p := range u.peers {
		if p.backup != backup || !p.usable(tried, now) || among != nil && !among(p) {
			continue
		}
		p.current += p.effective
		total += p.effective
		if p.effective < p.weight {
			p.effective++
		}
		if best == nil || p.current > best.current {
			best = p
		}
	}
	if best == nil {
		return nil
	}
	best.current -= total
	if now.Sub(best.checked) > best.failTimeout {
		best.checked = now
	}
	return best
}

func (u *upstream) leastConnections(tried []*peer) *peer {
	now := time.Now()
	var least *peer
	for _, p := range u.peers {
		if p.backup || !p.usable(tried, now) {
			continue
		}
		if least == nil || p.active*least.weight < least.active*p.weight {
			least = p
		}
	}
	if least == nil {
		return nil
	}
	return u.roundRobin(tried, false, func(p *peer) bool { return p.active*least.weight == least.active*p.weight })
}

// addressHash is the start of ip_hash: the first three bytes of an IPv4 address,
// all of an IPv6 one.
func addressHash(a netip.Addr) []byte {
	b := a.Unmap().AsSlice()
	if len(b) == 4 {
		b = b[:3]
	}
	return b
}

func (u *upstream) byHash(key []byte, tried []*peer) *peer {
	hash := uint(89)
	now := time.Now()
	total := 0
	for _, p := range u.peers {
		if !p.backup {
			total += p.weight
		}
	}
	for range 20 {
		for _, b := range key {
			hash = (hash*113 + uint(b)) % 6271
		}
		w := int(hash % uint(max(1, total)))
		for _, p := range u.peers {
			if p.backup {
				continue
			}
			if w -= p.weight; w < 0 {
				if p.usable(tried, now) {
					return p
				}
				break
			}
		}
	}
	return u.roundRobin(tried, false, nil)
}

// byKey is hash without consistent (ngx_http_upstream_get_hash_peer).
func (u *upstream) byKey(key string, tried []*peer) *peer {
	now := time.Now()
	total, hash := 0, uint32(0)
	for _, p := range u.peers {
		if !p.backup {
			total += p.weight
		}
	}
	for rehash := range 20 {
		text := key
		if rehash > 0 {
			text = strconv.Itoa(rehash) + key
		}
		hash += crc32.ChecksumIEEE([]byte(text)) >> 16 & 0x7fff
		w := int(hash) % max(1, total)
		for _, p := range u.peers {
			if p.backup {
				continue
			}
			if w -= p.weight; w < 0 {
				if p.usable(tried, now) {
					return p
				}
				break
			}
		}
	}
	return u.roundRobin(tried, false, nil)
}

// release gives a peer back, and notes whether it failed.
func (u *upstream) release(p *peer, failed bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	p.active--
	now := time.Now()
	if failed {
		p.fails++
		p.accessed, p.checked = now, now
		if p.maxFails > 0 {
			p.effective = max(0, p.effective-p.weight/p.maxFails)
		}
		return
	}
	if p.accessed.Before(p.checked) || p.accessed.IsZero() {
		p.fails = 0
	}
}

// connect opens a connection to a peer, or takes one that waits.
func (u *upstream) connect(p *peer, timeout time.Duration) (conn net.Conn, reused bool, err error) {
	if u.keepalive > 0 {
		u.mu.Lock()
		for len(p.idle) > 0 {
			conn := p.idle[len(p.idle)-1]
			p.idle = p.idle[:len(p.idle)-1]
			if alive(conn) {
				u.mu.Unlock()
				return conn, true, nil
			}
			conn.Close()
		}
		u.mu.Unlock()
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var d net.Dialer
	conn, err = d.DialContext(ctx, p.network, p.address)
	return conn, false, err
}

// alive tells whether a connection that waited is still open and silent.
func alive(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(time.Microsecond))
	var b [1]byte
	_, err := conn.Read(b[:])
	_ = conn.SetReadDeadline(time.Time{})
	return isTimeout(err)
}

// keep lets a connection wait for the next request.
func (u *upstream) keep(p *peer, conn net.Conn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(p.idle) >= u.keepalive {
		conn.Close()
		return
	}
	p.idle = append(p.idle, conn)
}

// closeIdle closes the connections that wait.
func (u *upstream) closeIdle() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, p := range u.peers {
		for _, conn := range p.idle {
			conn.Close()
		}
		p.idle = nil
	}
}

// attempts joins what is known of each attempt, as nginx's variables do.
func (r *request) attempts(of func(*attempt) string) (string, bool) {
	if len(r.tried) == 0 {
		return "", false
	}
	var all []string
	for i := range r.tried {
		all = append(all, of(&r.tried[i]))
	}
	return strings.Join(all, ", "), true
}

func attemptStatus(a *attempt) string {
	if a.status == 0 {
		return "-"
	}
	return strconv.Itoa(a.status)
}

func seconds(d time.Duration) string {
	if d < 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", d.Seconds())
}

// upstreamBody reads the body of a response and gives the connection back.
type upstreamBody struct {
	io.Reader
	close func()
}

func (b *upstreamBody) Close() error {
	if b.close != nil {
		b.close()
		b.close = nil
	}
	return nil
}
