package front

import (
	"hash/crc32"
	"net/netip"
	"slices"
	"strconv"
	"time"
)

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
