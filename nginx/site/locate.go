package site

// Locate returns the location that answers a path in a server, nil when there
// is none, and where nginx redirects a path to that lacks only its final slash
// ("" when it does not). The path is normalized; see Normalize.
func (c *Config) Locate(s *Server, path string) (location *Location, redirect string) {
	m := matcher{index: c.matching(), quiet: true}
	m.result.Path = path
	m.find(m.index.locations[s.Scope])
	return m.result.Location, m.result.Redirect
}

// ServerFor returns the server that answers a host on an address, written as in
// Request.Addr; nil when nothing listens there.
func (c *Config) ServerFor(addr, host string) *Server {
	v := c.matching().at(Request{Addr: addr})
	if v == nil {
		return nil
	}
	s, _ := v.find(normalizeHost(host))
	return s
}

// NamedServer is ServerFor, but for the default: nil when no name matches, or
// when nginx compares none because one server has the address for itself
// (ngx_http_add_addrs).
func (c *Config) NamedServer(addr, host string) *Server {
	v := c.matching().at(Request{Addr: addr})
	if v == nil || !v.several && len(v.regexes) == 0 {
		return nil
	}
	s, _ := v.named(normalizeHost(host))
	return s
}
