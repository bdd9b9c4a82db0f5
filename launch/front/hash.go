package front

import (
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"net/netip"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// byAddress is ip_hash (ngx_http_upstream_get_ip_hash_peer): the first three
// bytes of an IPv4 address decide, all of an IPv6 one.
func (c *choice) byAddress(a netip.Addr) *peer {
	key := a.Unmap().AsSlice()
	if len(key) < 16 {
		key = append(key, 0, 0, 0)[:3]
	}
	hash := 89
	for range mostGuesses {
		for _, b := range key {
			hash = (hash*113 + int(b)) % 6271
		}
		if p := c.weighted(hash % c.weights()); c.usable(p) {
			c.check(p)
			return p
		}
	}
	return nil
}

// byKey is hash without consistent (ngx_http_upstream_get_hash_peer).
func (c *choice) byKey(key string) *peer {
	hash := 0
	for rehash := range mostGuesses {
		text := key
		if rehash > 0 {
			text = strconv.Itoa(rehash) + key
		}
		hash += int(crc32.ChecksumIEEE([]byte(text)) >> 16 & 0x7fff)
		if p := c.weighted(hash % c.weights()); c.usable(p) {
			c.check(p)
			return p
		}
	}
	return nil
}

// point is a place on the ring of hash with consistent, and the server whose it
// is.
type point struct {
	hash   uint32
	server string
}

// pointsFor is how many points a server has for each unit of its weight.
const pointsFor = 160

// mostWeight bounds the points of one server.
const mostWeight = 10_000

// newRing makes the ring (ngx_http_upstream_init_chash).
func newRing(peers []*peer) []point {
	var ring []point
	for _, p := range peers {
		host, port := p.server, ""
		if path, ok := strings.CutPrefix(p.server, "unix:"); ok {
			host = path
		} else if i := strings.LastIndexByte(p.server, ':'); i >= 0 && strings.Trim(p.server[i+1:], "0123456789") == "" {
			host, port = p.server[:i], p.server[i+1:]
		}
		base := crc32.ChecksumIEEE([]byte(host + "\x00" + port))
		var before [4]byte
		for range min(p.weight, mostWeight) * pointsFor {
			hash := crc32.Update(base, crc32.IEEETable, before[:])
			ring = append(ring, point{hash, p.server})
			binary.LittleEndian.PutUint32(before[:], hash)
		}
	}
	slices.SortStableFunc(ring, func(a, b point) int { return cmp.Compare(a.hash, b.hash) })
	return slices.CompactFunc(ring, func(a, b point) bool { return a.hash == b.hash })
}

// byRing is hash with consistent (ngx_http_upstream_get_chash_peer).
func (c *choice) byRing(key string) *peer {
	hash := crc32.ChecksumIEEE([]byte(key))
	at := sort.Search(len(c.ring), func(i int) bool { return c.ring[i].hash >= hash })
	for i := range mostGuesses {
		server := c.ring[(at+i)%len(c.ring)].server
		if p := c.roundRobin(func(p *peer) bool { return p.server == server }); p != nil {
			return p
		}
	}
	return nil
}
