package front

import (
	"math/rand/v2"
	"slices"
	"time"
)

// mostGuesses is how often hashes and chance may hit a peer that cannot be
// asked, before its turn decides.
const mostGuesses = 20

// pick chooses the next peer that was not tried yet, nil when none is left.
func (u *upstream) pick(r *request, tried []*peer) *peer {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := choice{u, tried, time.Now().Unix()}
	p := c.peer(r)
	if p != nil {
		p.active++
	}
	return p
}

// choice is one choice among the peers of a group.
type choice struct {
	*upstream
	tried []*peer
	now   int64
}

func (c *choice) peer(r *request) *peer {
	if c.single() {
		if p := c.peers[0]; !p.down && !p.full() {
			return p // a single one is never held for failed, nor for tried after a kept connection broke
		}
		return nil
	}
	var p *peer
	switch c.method {
	case "least_conn":
		if p = c.leastConnections(false); p == nil {
			p = c.leastConnections(true)
		}
		return p
	case "ip_hash":
		p = c.byAddress(r.remote().Addr())
	case "random":
		p = c.byChance()
	case "hash":
		switch key := c.key.eval(r); {
		case key == "":
		case c.ring != nil:
			p = c.byRing(key)
		default:
			p = c.byKey(key)
		}
	}
	if p == nil {
		p = c.roundRobin(func(p *peer) bool { return !p.backup })
	}
	if p == nil {
		p = c.roundRobin(func(p *peer) bool { return p.backup })
	}
	return p
}

// full tells that a peer has as many connections as it may have.
func (p *peer) full() bool { return p.maxConns > 0 && p.active >= p.maxConns }

// usable tells whether a peer may be asked now.
func (c *choice) usable(p *peer) bool {
	if p.down || p.full() || slices.Contains(c.tried, p) {
		return false
	}
	return p.maxFails == 0 || p.fails < p.maxFails || c.now-p.checked > p.failTimeout
}

// roundRobin is nginx's smooth weighted round robin, among some of the peers.
func (c *choice) roundRobin(among func(*peer) bool) *peer {
	total := 0
	var best *peer
	for _, p := range c.peers {
		if !among(p) || !c.usable(p) {
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
	if best != nil {
		best.current -= total
		c.check(best)
	}
	return best
}

// check notes that a peer is asked: after its time as a failed one, this is
// what decides whether it is back.
func (c *choice) check(p *peer) {
	if c.now-p.checked > p.failTimeout {
		p.checked = c.now
	}
}

// leastConnections is least_conn; peers that are equal take turns.
func (c *choice) leastConnections(backup bool) *peer {
	var least *peer
	for _, p := range c.peers {
		if p.backup == backup && c.usable(p) && (least == nil || p.active*least.weight < least.active*p.weight) {
			least = p
		}
	}
	if least == nil {
		return nil
	}
	return c.roundRobin(func(p *peer) bool {
		return p.backup == backup && p.active*least.weight == least.active*p.weight
	})
}

// byChance is random, or random two: of two peers the one with fewer
// connections.
func (c *choice) byChance() *peer {
	var first *peer
	total := c.weights()
	for range mostGuesses {
		p := c.weighted(rand.IntN(total))
		switch {
		case !c.usable(p) || p == first:
			continue
		case !c.two:
			c.check(p)
			return p
		case first == nil:
			first = p
			continue
		case p.active*first.weight > first.active*p.weight:
			p = first
		}
		c.check(p)
		return p
	}
	return nil
}

// weights is the sum of what the peers weigh that are no backups, at least 1.
func (c *choice) weights() int {
	total := 0
	for _, p := range c.peers {
		if !p.backup {
			total += p.weight
		}
	}
	return max(1, total)
}

// weighted is the peer at a place when each takes as much room as it weighs.
func (c *choice) weighted(place int) *peer {
	for _, p := range c.peers {
		if p.backup {
			continue
		}
		if place -= p.weight; place < 0 {
			return p
		}
	}
	return c.peers[0]
}

// release gives a peer back, and notes whether it failed
// (ngx_http_upstream_free_round_robin_peer).
func (u *upstream) release(p *peer, failed bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	p.active--
	switch {
	case u.single():
	case failed:
		p.fails++
		p.checked = time.Now().Unix()
		p.accessed = p.checked
		if p.maxFails > 0 {
			p.effective = max(0, p.effective-p.weight/p.maxFails)
		}
	case p.accessed < p.checked:
		p.fails = 0
	}
}
