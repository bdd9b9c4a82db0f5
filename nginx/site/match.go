package site

import (
	"net"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Request is what decides which server and location answer.
type Request struct {
	// Addr is where the connection arrived: host:port, :port, or unix:/path.
	// Empty means port 80, or 443 with TLS.
	Addr string
	// Host is the Host header; a port in it is left out.
	Host string
	// URI is the target of the request line, as sent: /path?query.
	URI string
	TLS bool
}

// Step is one candidate that was tried, and what came of it.
type Step struct {
	Server   *Server   // nil for steps about locations
	Location *Location // nil for steps about servers
	Taken    bool
	Why      diag.Text
}

// Result says who answers.
type Result struct {
	// Server is nil when nothing listens on the address.
	Server *Server
	// Location is nil when none matches: the server's own directives hold.
	Location *Location
	// Path is the normalized URI without its query; "" when nginx answers 400.
	Path string
	// Args is the query, without the question mark.
	Args string
	// Redirect is where nginx leads a request for /x when only /x/ is passed
	// on; "" otherwise. The status is 301.
	Redirect string
	// BadRequest tells that the URI is one that nginx refuses.
	BadRequest bool
	Steps      []Step
}

// Match finds the server and the location that answer a request, as
// ngx_http_find_virtual_server and ngx_http_core_find_location do
// (src/http/ngx_http_request.c, ngx_http_core_module.c). What rewrite, return
// and if do before and after is not followed.
func (c *Config) Match(r Request) Result {
	m := &matcher{index: c.matching(), request: r}
	s, ok := m.server()
	if !ok {
		return m.result
	}
	return m.in(s)
}

// Finder finds the locations of one server, whatever address and name led to
// it. Its results have no Steps.
type Finder struct {
	server *Server
	index  *index
}

// Finder returns the finder of the server, which is made once.
func (s *Server) Finder() *Finder {
	s.finderOnce.Do(func() {
		x := &index{locations: map[*Scope]*locations{}, regexes: s.regexes}
		x.list(s.Scope, s.Locations)
		s.finder = &Finder{s, x}
	})
	return s.finder
}

// Find finds the location that answers a request for a URI.
func (f *Finder) Find(uri string) Result {
	m := &matcher{index: f.index, request: Request{URI: uri}, quiet: true}
	return m.in(f.server)
}

type matcher struct {
	index   *index
	request Request
	result  Result
	quiet   bool // no steps are asked for
}

// in chooses the location of a server.
func (m *matcher) in(s *Server) Result {
	m.result.Server = s
	merge := true
	if nodes := s.Effective("merge_slashes"); len(nodes) > 0 {
		merge = nodes[0].Arg(0) != "off"
	}
	path, args, ok := Normalize(m.request.URI, merge)
	if !ok {
		m.result.BadRequest = true
		return m.result
	}
	m.result.Path, m.result.Args = path, args
	m.find(m.index.locations[s.Scope])
	return m.result
}

func (m *matcher) step(s Step) {
	if m.quiet {
		return
	}
	m.result.Steps = append(m.result.Steps, s)
}

// server chooses the address, then the name.
func (m *matcher) server() (*Server, bool) {
	v := m.index.at(m.request)
	if v == nil {
		return nil, false
	}
	host := normalizeHost(m.request.Host)
	s, why := v.find(host)
	m.step(Step{Server: s, Taken: true, Why: why})
	return s, true
}

// normalizeHost lowers a Host header and leaves its port and final dot out.
func normalizeHost(h string) string {
	if i := strings.LastIndexByte(h, ':'); i >= 0 && !strings.HasSuffix(h, "]") {
		h = h[:i]
	}
	return strings.TrimSuffix(strings.ToLower(h), ".")
}

// find outcomes of a list of locations.
type outcome uint8

const (
	declined  outcome = iota // none matches
	inclusive                // a prefix matches, and its nested locations do not
	final                    // nothing may override it
)

// find looks through a list of locations: the static ones, what is nested in
// the longest, then the regular expressions.
func (m *matcher) find(list *locations) outcome {
	if list == nil {
		return declined
	}
	path := m.result.Path
	result, noRegex := declined, false
	if l := list.exact.find(path); l != nil {
		if m.take(l); !m.quiet {
			m.explain(diag.T("the path is exactly %q", l.Pattern))
		}
		return final
	}
	if l := list.longest(path); l != nil {
		if m.take(l); !m.quiet {
			m.explain(diag.T("%q is the longest prefix", l.Pattern))
		}
		result, noRegex = inclusive, l.Kind == PrefixNoRegex
	}
	if l := list.slashed(path); l != nil && list.prefixes.find(path) == nil {
		if m.take(l); !m.quiet {
			m.explain(diag.T("%q without its slash: nginx redirects to it", l.Pattern))
		}
		m.result.Redirect = l.Pattern
		if m.result.Args != "" {
			m.result.Redirect += "?" + m.result.Args
		}
		return final
	}
	if result == inclusive {
		if nested := m.find(m.index.locations[m.result.Location.Scope]); nested != declined {
			result = nested
		}
	}
	if result == final {
		return final
	}
	if noRegex {
		m.step(Step{Location: m.result.Location, Taken: true, Why: diag.T("^~ keeps regular expressions from being tried")})
		return result
	}
	for _, l := range list.regexes {
		if !m.index.matches(l, path) {
			if !m.quiet {
				m.step(Step{Location: l, Why: diag.T("%q does not match", l.Pattern)})
			}
			continue
		}
		if m.take(l); !m.quiet {
			m.explain(diag.T("%q is the first regular expression that matches", l.Pattern))
		}
		m.find(m.index.locations[l.Scope])
		return final
	}
	return result
}

func (m *matcher) take(l *Location) { m.result.Location = l }

// explain says why a location was taken.
func (m *matcher) explain(why diag.Text) {
	m.step(Step{Location: m.result.Location, Taken: true, Why: why})
}

// slashed returns the location that only lacks the final slash of a path, and
// that nginx redirects to: where there are two, either may be why, and the exact
// one is meant (ngx_http_core_find_static_location).
func (l *locations) slashed(path string) *Location {
	path += "/"
	exact, prefix := l.exact.find(path), l.prefixes.find(path)
	if (exact == nil || !passes(exact)) && (prefix == nil || !passes(prefix)) {
		return nil
	}
	if exact != nil {
		return exact
	}
	return prefix
}

// passes tells whether a location hands requests on, so that nginx redirects
// to it when only the final slash is missing (auto_redirect).
func passes(l *Location) bool {
	if !strings.HasSuffix(l.Pattern, "/") {
		return false
	}
	for _, name := range []string{"proxy_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"} {
		if len(l.Here(name)) > 0 {
			return true
		}
	}
	return false
}

// Normalize returns the path and the query of a request's target as
// ngx_http_parse_complex_uri makes them: %XX decoded, dot segments resolved,
// repeated slashes merged. It is false for what nginx answers 400 to.
func Normalize(uri string, mergeSlashes bool) (path, args string, ok bool) {
	if scheme, rest, found := strings.Cut(uri, "://"); found && !strings.HasPrefix(uri, "/") && isScheme(scheme) {
		slash := strings.IndexAny(rest, "/?")
		switch {
		case slash < 0:
			uri = "/"
		case rest[slash] == '?':
			uri = "/" + rest[slash:]
		default:
			uri = rest[slash:]
		}
	}
	if !strings.HasPrefix(uri, "/") {
		return "", "", false
	}
	if i := strings.IndexByte(uri, '#'); i >= 0 {
		uri = uri[:i]
	}
	raw, args, _ := strings.Cut(uri, "?")
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '%' {
			if i+2 >= len(raw) {
				return "", "", false
			}
			n, err := strconv.ParseUint(raw[i+1:i+3], 16, 8)
			if err != nil || n == 0 {
				return "", "", false
			}
			c, i = byte(n), i+2
		} else if c <= ' ' || c == 0x7f {
			return "", "", false
		}
		b.WriteByte(c)
	}
	path, ok = resolve(b.String(), mergeSlashes)
	return path, args, ok
}

func isScheme(s string) bool {
	for _, c := range []byte(s) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return s != ""
}

// resolve takes dot segments and, when asked to, empty ones out of a path. It
// is false when the path leads above the root.
func resolve(path string, mergeSlashes bool) (string, bool) {
	if !strings.Contains(path, "/.") && !strings.Contains(path, "//") {
		return path, true
	}
	segments := strings.Split(path[1:], "/")
	var out []string
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s == "." || s == "" && mergeSlashes && !last:
			if s == "." && last {
				out = append(out, "")
			}
		case s == "..":
			if len(out) == 0 {
				return "", false
			}
			out = out[:len(out)-1]
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	return "/" + strings.Join(out, "/"), true
}

// splitAddr takes an address of a connection apart.
func splitAddr(r Request) (host string, port int) {
	if r.Addr == "" {
		if r.TLS {
			return "", 443
		}
		return "", 80
	}
	host, p, err := net.SplitHostPort(r.Addr)
	if err != nil {
		return r.Addr, 80
	}
	port, _ = strconv.Atoi(p)
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host, port
}
