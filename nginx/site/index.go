package site

import (
	"slices"
	"strings"
	"sync"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
)

// index holds what Match looks up, made when it is first asked.
type index struct {
	addresses map[address]*virtual
	locations map[*Scope]*locations
	regexes   *regexes
}

type address struct {
	unix, host string
	port       int
}

// virtual is the servers of one address.
type virtual struct {
	exact, leading, trailing map[string]*Server
	regexes                  []nameRegex
	fallback                 *Server
	marked                   bool // fallback was marked default_server
	several                  bool // more than one server listens
	match                    func(pattern, text string) bool
}

type nameRegex struct {
	pattern string
	server  *Server
}

// locations is a list of locations that stand side by side.
type locations struct {
	exact, prefixes byPattern
	lengths         []int // of the prefixes, the longest first
	regexes         []*Location
}

// matching returns the index, which is made once.
func (c *Config) matching() *index {
	c.indexOnce.Do(func() {
		x := &index{addresses: map[address]*virtual{}, locations: map[*Scope]*locations{}, regexes: &c.regexes}
		for _, s := range c.Servers {
			for _, l := range s.Listens {
				x.add(address{l.Unix, l.Host, l.Port}, s, l.Default)
			}
			x.list(s.Scope, s.Locations)
		}
		c.index = x
	})
	return c.index
}

// add puts a server into the list of an address. The first one of a name wins.
func (x *index) add(a address, s *Server, marked bool) {
	v := x.addresses[a]
	if v == nil {
		v = &virtual{exact: map[string]*Server{}, leading: map[string]*Server{}, trailing: map[string]*Server{}, match: x.matchName}
		x.addresses[a] = v
	}
	v.several = v.several || v.fallback != nil && v.fallback != s
	if v.fallback == nil || marked && !v.marked {
		v.fallback, v.marked = s, marked
	}
	put := func(to map[string]*Server, name string) {
		if to[name] == nil {
			to[name] = s
		}
	}
	for _, n := range s.Names {
		switch n.Kind {
		case ExactName:
			put(v.exact, n.Value)
		case LeadingWildcard:
			suffix := strings.TrimPrefix(strings.TrimPrefix(n.Value, "*"), ".")
			if strings.HasPrefix(n.Value, ".") {
				put(v.exact, suffix)
			}
			put(v.leading, suffix)
		case TrailingWildcard:
			put(v.trailing, strings.TrimSuffix(n.Value, ".*"))
		case RegexName:
			v.regexes = append(v.regexes, nameRegex{n.Value[1:], s})
		}
	}
}

// at returns the servers of the address that a request arrived at: those of
// the very address, else those of all addresses of its port.
func (x *index) at(r Request) *virtual {
	if path, ok := strings.CutPrefix(r.Addr, "unix:"); ok {
		return x.addresses[address{unix: path}]
	}
	host, port := splitAddr(r)
	if host != "" {
		if v := x.addresses[address{"", host, port}]; v != nil {
			return v
		}
	}
	wild := "*"
	if strings.HasPrefix(host, "[") {
		wild = "[::]"
	}
	if v := x.addresses[address{"", wild, port}]; v != nil {
		return v
	}
	if host != "" {
		return nil
	}
	// Nobody said which address: any of the port, in a fixed order.
	var found address
	for a := range x.addresses {
		if a.unix == "" && a.port == port && (found.port == 0 || a.host < found.host) {
			found = a
		}
	}
	return x.addresses[found]
}

// find returns the server of a host: the one of that name, or the default.
func (v *virtual) find(host string) (*Server, diag.Text) {
	if s, why := v.named(host); s != nil {
		return s, why
	}
	if v.marked {
		return v.fallback, diag.T("no name matches: default_server")
	}
	return v.fallback, diag.T("no name matches: the first server of the address")
}

// named returns the server that has a host for a name: an exact name, the
// longest wildcard at the start, the longest at the end, the first regular
// expression; nil for none.
func (v *virtual) named(host string) (*Server, diag.Text) {
	if s := v.exact[host]; s != nil && host != "" {
		return s, diag.T("server_name is exactly %q", host)
	}
	for rest := host; ; {
		_, after, ok := strings.Cut(rest, ".")
		if !ok || after == "" {
			break
		}
		if s := v.leading[after]; s != nil {
			return s, diag.T("*.%s is the longest wildcard that matches", after)
		}
		rest = after
	}
	for rest := host; ; {
		i := strings.LastIndexByte(rest, '.')
		if i <= 0 {
			break
		}
		rest = rest[:i]
		if s := v.trailing[rest]; s != nil {
			return s, diag.T("%s.* is the longest wildcard that matches", rest)
		}
	}
	for _, r := range v.regexes {
		if host != "" && v.match(r.pattern, host) {
			return r.server, diag.T("~%s is the first regular expression that matches", r.pattern)
		}
	}
	if s := v.exact[""]; s != nil && host == "" {
		return s, diag.T("the server has no name, and the request no Host")
	}
	return nil, diag.Text{}
}

// list indexes locations that stand side by side, and those nested in them.
func (x *index) list(s *Scope, all []*Location) {
	if len(all) == 0 {
		return
	}
	l := &locations{}
	for _, loc := range all {
		switch loc.Kind {
		case Exact:
			l.exact = append(l.exact, loc)
		case Prefix, PrefixNoRegex:
			l.prefixes = append(l.prefixes, loc)
		case Regex, RegexNoCase:
			l.regexes = append(l.regexes, loc)
		}
		if loc.Scope != s {
			x.list(loc.Scope, loc.Locations)
		}
	}
	l.exact.sort()
	l.prefixes.sort()
	lengths := make([]int, len(l.prefixes))
	for i, loc := range l.prefixes {
		lengths[i] = len(loc.Pattern)
	}
	slices.SortFunc(lengths, func(a, b int) int { return b - a })
	l.lengths = slices.Clone(slices.Compact(lengths))
	x.locations[s] = l
}

// byPattern is a list of locations in the order of their patterns: thousands of
// small ones take less memory than as many maps.
type byPattern []*Location

// sort orders the list. Of locations with one pattern the first in the file is first.
func (l byPattern) sort() {
	slices.SortStableFunc(l, func(a, b *Location) int { return strings.Compare(a.Pattern, b.Pattern) })
}

// find returns the location with the pattern, or nil.
func (l byPattern) find(pattern string) *Location {
	i, ok := slices.BinarySearchFunc(l, pattern, func(a *Location, p string) int { return strings.Compare(a.Pattern, p) })
	if !ok {
		return nil
	}
	return l[i]
}

// longest returns the location with the longest prefix of path.
func (l *locations) longest(path string) *Location {
	for _, n := range l.lengths {
		if n <= len(path) {
			if loc := l.prefixes.find(path[:n]); loc != nil {
				return loc
			}
		}
	}
	return nil
}

// matches tells whether a location's regular expression matches. One that does
// not compile, or takes too long, does not.
func (x *index) matches(l *Location, path string) bool {
	return x.regexes.match(l.Pattern, path, l.Kind == RegexNoCase)
}

// matchName compares a host with the regular expression of a server_name.
func (x *index) matchName(pattern, host string) bool {
	return x.regexes.match(pattern, host, true)
}

// regexes keeps compiled expressions by their text: thousands of servers tend
// to have the same ones. It may be used by several goroutines.
type regexes struct {
	mu    sync.Mutex
	known map[regexKey]*pcre.Regexp // nil for one that does not compile
}

type regexKey struct {
	pattern    string
	ignoreCase bool
}

// maxRegexes bounds what is kept; no real configuration has as many.
const maxRegexes = 4096

func (r *regexes) match(pattern, text string, ignoreCase bool) bool {
	re := r.compiled(regexKey{pattern, ignoreCase})
	if re == nil {
		return false
	}
	found, err := re.Match(text)
	return err == nil && found
}

func (r *regexes) compiled(k regexKey) *pcre.Regexp {
	r.mu.Lock()
	re, ok := r.known[k]
	r.mu.Unlock()
	if ok {
		return re
	}
	re, err := pcre.Compile(k.pattern, k.ignoreCase)
	if err != nil {
		re = nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= maxRegexes {
		r.known = map[regexKey]*pcre.Regexp{}
	}
	r.known[k] = re
	return re
}
