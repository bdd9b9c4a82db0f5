package front

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
)

// mapRegex is a regular expression of a map.
type mapRegex struct {
	re    *pcre.Regexp
	value *text
}

// mapGetter makes a variable of a map: exact values, with hostnames wildcards
// too, then expressions in their order (ngx_http_map_module.c).
func (c *config) mapGetter(name string, n *site.Node) getter {
	source := c.text(n.Arg(0))
	exact := map[string]*text{}
	head, tail := map[string]*text{}, map[string]*text{}
	var regexes []mapRegex
	var otherwise *text
	hostnames, volatile := false, false
	c.used[n] = true
	for _, e := range entries(n) {
		key := e.Name.Value
		v := c.text(e.Arg(0))
		switch {
		case key == "hostnames" && len(e.Args) == 0:
			hostnames = true
		case key == "volatile" && len(e.Args) == 0:
			volatile = true
		case key == "default" && e.Name.Quote == 0:
			otherwise = v
		case strings.HasPrefix(key, "~*"):
			regexes = append(regexes, mapRegex{c.regex(n, key[2:], true), v})
		case strings.HasPrefix(key, "~"):
			regexes = append(regexes, mapRegex{c.regex(n, key[1:], false), v})
		default:
			if len(key) > 1 && key[0] == '\\' {
				key = key[1:]
			}
			key = strings.ToLower(key)
			switch {
			case hostnames && strings.HasPrefix(key, "*."):
				head[key[1:]] = v
			case hostnames && strings.HasPrefix(key, "."):
				head[key] = v
				exact[key[1:]] = v
			case hostnames && strings.HasSuffix(key, ".*"):
				tail[key[:len(key)-1]] = v
			case exact[key] == nil:
				exact[key] = v
			}
		}
	}
	find := func(r *request, s string) *text {
		lower := strings.ToLower(s)
		if hostnames {
			lower = strings.TrimSuffix(lower, ".")
		}
		if v := exact[lower]; v != nil {
			return v
		}
		if hostnames {
			if v := wildcard(head, tail, lower); v != nil {
				return v
			}
		}
		for i := range regexes {
			if r.match(regexes[i].re, s) {
				return regexes[i].value
			}
		}
		return otherwise
	}
	return cached(name, volatile, func(r *request) (string, bool) {
		v := find(r, source.eval(r))
		if v == nil {
			return "", true
		}
		return v.eval(r), true
	})
}

func wildcard(head, tail map[string]*text, host string) *text {
	for i := 0; i < len(host); i++ {
		if host[i] == '.' {
			if v := head[host[i:]]; v != nil {
				return v
			}
		}
	}
	for i := len(host) - 1; i > 0; i-- {
		if host[i] == '.' {
			if v := tail[host[:i+1]]; v != nil {
				return v
			}
		}
	}
	return nil
}

// entries returns the lines of a block's body, includes followed.
func entries(n *site.Node) []*site.Node {
	if n.Body == nil {
		return nil
	}
	return n.Body.Nodes
}

// cached keeps a value for the rest of the request, as nginx does.
func cached(name string, volatile bool, get getter) getter {
	if volatile {
		return get
	}
	return func(r *request) (string, bool) {
		if v, ok := r.cache[name]; ok {
			return v, true
		}
		v, ok := get(r)
		if r.cache == nil {
			r.cache = map[string]string{}
		}
		r.cache[name] = v
		return v, ok
	}
}

// geoGetter makes a variable of a geo block: the longest prefix wins.
func (c *config) geoGetter(name string, n *site.Node) getter {
	c.used[n] = true
	source := func(r *request) string { v, _ := builtin["remote_addr"](r); return v }
	if len(n.Args) > 1 {
		t := c.text(n.Arg(0))
		source = t.eval
	}
	type network struct {
		prefix   netip.Prefix
		from, to netip.Addr // of a range, instead of the prefix
		value    string
	}
	var networks []network
	otherwise, ranges := "", false
	for _, e := range entries(n) {
		key, v := e.Name.Value, e.Arg(0)
		switch key {
		case "default":
			otherwise = v
			continue
		case "ranges":
			ranges = true
			continue
		case "proxy", "proxy_recursive", "delete":
			continue
		}
		if from, to, ok := strings.Cut(key, "-"); ok && ranges {
			a, err1 := netip.ParseAddr(from)
			b, err2 := netip.ParseAddr(to)
			if err1 == nil && err2 == nil {
				networks = append(networks, network{from: a, to: b, value: v})
			}
			continue
		}
		if p, ok := parsePrefix(key); ok {
			networks = append(networks, network{prefix: p, value: v})
		}
	}
	return cached(name, false, func(r *request) (string, bool) {
		a, err := netip.ParseAddr(source(r))
		if err != nil {
			return otherwise, true
		}
		a = a.Unmap()
		best, bits := otherwise, -1
		for i := range networks {
			switch n := &networks[i]; {
			case n.from.IsValid() && !a.Less(n.from) && !n.to.Less(a):
				best = n.value
			case n.prefix.Contains(a) && n.prefix.Bits() >= bits:
				best, bits = n.value, n.prefix.Bits()
			}
		}
		return best, true
	})
}

// parsePrefix reads an address or a network; an address alone is a network of one.
func parsePrefix(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// splitGetter makes a variable of split_clients (ngx_http_split_clients_module.c).
func (c *config) splitGetter(name string, n *site.Node) getter {
	c.used[n] = true
	source := c.text(n.Arg(0))
	type share struct {
		below uint64
		value *text
	}
	var shares []share
	sum := 0.0
	for _, e := range entries(n) {
		v := c.text(e.Arg(0))
		if e.Name.Value == "*" {
			shares = append(shares, share{1 << 32, v})
			continue
		}
		percent, err := strconv.ParseFloat(strings.TrimSuffix(e.Name.Value, "%"), 64)
		if err != nil {
			c.fail(n, "invalid percent value %q", e.Name.Value)
			continue
		}
		sum += percent
		shares = append(shares, share{uint64(sum / 100 * 0xffffffff), v})
	}
	return cached(name, false, func(r *request) (string, bool) {
		hash := uint64(murmur(source.eval(r)))
		for _, s := range shares {
			if hash < s.below {
				return s.value.eval(r), true
			}
		}
		return "", true
	})
}

// murmur is MurmurHash2 as nginx computes it (ngx_murmur_hash2).
func murmur(s string) uint32 {
	const m = 0x5bd1e995
	data := []byte(s)
	h := uint32(len(data))
	for ; len(data) >= 4; data = data[4:] {
		k := binary.LittleEndian.Uint32(data) * m
		k ^= k >> 24
		h = h*m ^ k*m
	}
	switch len(data) {
	case 3:
		h ^= uint32(data[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(data[1]) << 8
		fallthrough
	case 1:
		h = (h ^ uint32(data[0])) * m
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}
