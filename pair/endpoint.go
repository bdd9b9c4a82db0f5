package pair

import (
	"net/netip"
	"path"
	"strconv"
	"strings"
)

// Nowhere is the host that uWSGI binds when it cannot make sense of one: what
// inet_addr answers to text that is no address (core/socket.c,
// socket_to_in_addr). No client reaches it.
const Nowhere = "255.255.255.255"

// templateMarks are the beginnings of what other programs fill in before
// nginx or uWSGI sees a file: envsubst, Jinja, ERB, Ansible, and uWSGI's own
// placeholders where they could not be resolved.
var templateMarks = []string{"{{", "{%", "${", "<%", "%(", "$(", "@("}

// template tells whether text holds something that is filled in later.
func template(text string) bool {
	if !strings.ContainsAny(text, "{<(") {
		return false
	}
	for _, mark := range templateMarks {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// ParseBind reads the value of a socket option as uWSGI does: a colon anywhere
// makes it a TCP address, the last one stands before the port; everything else
// is the path of a unix socket (core/socket.c, uwsgi_bind_sockets), relative to
// dir, which is "" when it is not known.
func ParseBind(value, dir string) Endpoint {
	switch {
	case value == "" || strings.Contains(value, "*"):
		return Endpoint{Unknown: true}
	case template(value):
		if value[0] == '/' && !strings.Contains(value, ":") {
			return Endpoint{Network: Unix, Path: value, Unknown: true}
		}
		return Endpoint{Unknown: true}
	}
	colon := strings.LastIndexByte(value, ':')
	if colon < 0 {
		return unixBind(value, dir)
	}
	host, port := value[:colon], int(uint16(atoi(value[colon+1:])))
	if strings.HasPrefix(value[colon+1:], "/") {
		return Endpoint{Network: TCP, Host: Nowhere, Port: port} // unix:/path, as nginx writes it
	}
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		return Endpoint{Network: TCP, Host: strings.ToLower(host), Port: port, Unknown: port == 0}
	}
	switch host = strings.ToLower(strings.TrimRight(host, " \t")); {
	case host == "" || host == "0" || host == "0.0.0.0":
		host = "*"
	case strings.ContainsAny(host, ":/[], \t\"'"):
		host = Nowhere
	}
	// Port 0 is a free port of the kernel's choice.
	return Endpoint{Network: TCP, Host: host, Port: port, Unknown: port == 0 && host != Nowhere}
}

func unixBind(value, dir string) Endpoint {
	if name, ok := strings.CutPrefix(value, "@"); ok {
		return Endpoint{Network: Abstract, Path: name}
	}
	if !path.IsAbs(value) {
		if dir == "" {
			return Endpoint{Network: Unix, Path: value, Unknown: true}
		}
		value = path.Join(dir, value)
	}
	return Endpoint{Network: Unix, Path: cleanPath(value)}
}

// atoi returns the number that C's atoi finds at the beginning of s.
func atoi(s string) int {
	s = strings.TrimLeft(s, " \t\r\n\v\f")
	end := 0
	for end < len(s) && end < 18 && (s[end] >= '0' && s[end] <= '9' || end == 0 && (s[end] == '-' || s[end] == '+')) {
		end++
	}
	n, err := strconv.Atoi(s[:end])
	if err != nil {
		return 0
	}
	return n
}

// ParseTarget reads an address as nginx does in a *_pass or in the server of an
// upstream (core/ngx_inet.c, ngx_parse_url). defaultPort is the port of an
// address that has none; 0 when it needs one. With hasURI, what follows the
// address is the URI, which is returned.
func ParseTarget(address string, defaultPort int, hasURI bool) (e Endpoint, uri string) {
	if rest, ok := cutPrefixFold(address, "unix:"); ok {
		if hasURI {
			if file, after, found := strings.Cut(rest, ":"); found {
				rest, uri = file, after
			}
		}
		if template(rest) || strings.ContainsAny(rest, "$") || !path.IsAbs(rest) {
			return Endpoint{Network: Unix, Path: rest, Unknown: true}, uri
		}
		return Endpoint{Network: Unix, Path: cleanPath(rest)}, uri
	}
	if hasURI {
		if slash := strings.IndexAny(address, "/?#"); slash >= 0 {
			address, uri = address[:slash], address[slash:]
		}
	}
	host, port := address, ""
	if colon := strings.LastIndexByte(address, ':'); colon > strings.LastIndexByte(address, ']') {
		host, port = address[:colon], address[colon+1:]
	}
	e = Endpoint{Network: TCP, Host: strings.ToLower(host), Port: defaultPort}
	if port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n > 65535 {
			n = 0
		}
		e.Port = n
	}
	e.Unknown = e.Port <= 0 || !plausibleHost(e.Host)
	return e, uri
}

// plausibleHost tells whether text can be a host name or an address.
func plausibleHost(host string) bool {
	if host == "unix" {
		return false // with a port it would be written as a socket's path
	}
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		_, err := netip.ParseAddr(host[1 : len(host)-1])
		return err == nil
	}
	for i := 0; i < len(host); i++ {
		switch c := host[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.', c == '-', c == '_', c >= 0x80:
		default:
			return false
		}
	}
	return host != ""
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// cleanPath returns a path without its detours; /var/run is a link to /run on
// every distribution with systemd.
func cleanPath(p string) string {
	p = path.Clean(p)
	if rest, ok := strings.CutPrefix(p, "/var/run"); ok && (rest == "" || rest[0] == '/') {
		return "/run" + rest
	}
	return p
}

// String returns the endpoint in uWSGI's notation: host:port, /path or @name.
func (e Endpoint) String() string {
	switch e.Network {
	case Unix:
		return e.Path
	case Abstract:
		return "@" + e.Path
	}
	host := e.Host
	if host == "*" {
		host = "" // uWSGI's own form of all addresses
	}
	return host + ":" + strconv.Itoa(e.Port)
}

// Nginx returns the endpoint in nginx's notation: host:port or unix:/path; all
// addresses are named by the loopback address.
func (e Endpoint) Nginx() string {
	switch {
	case e.Network != TCP:
		return "unix:" + e.Path
	case e.Host == "*":
		return "127.0.0.1:" + strconv.Itoa(e.Port)
	case e.Host == "[::]":
		return "[::1]:" + strconv.Itoa(e.Port)
	}
	return e.String()
}

// Wildcard tells whether the endpoint is all addresses of the machine.
func (e Endpoint) Wildcard() bool {
	return e.Network == TCP && (e.Host == "*" || e.Host == "0.0.0.0" || e.Host == "[::]")
}

// Loopback tells whether the endpoint is reached from this machine alone.
func (e Endpoint) Loopback() bool {
	if e.Network != TCP {
		return true
	}
	if e.Host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(e.Host, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}

// Named tells whether the host is a name that only the network it runs in can
// resolve: a container's, or another machine's.
func (e Endpoint) Named() bool {
	if e.Network != TCP || e.Wildcard() || e.Host == "localhost" {
		return false
	}
	_, err := netip.ParseAddr(strings.Trim(e.Host, "[]"))
	return err != nil
}

// key is what equal endpoints have in common.
type key struct {
	network Network
	host    string // in canonical form
	port    int
	path    string
}

func (e Endpoint) key() key {
	if e.Network != TCP {
		return key{network: e.Network, path: e.Path}
	}
	return key{network: TCP, host: canonicalHost(e.Host), port: e.Port}
}

// canonicalHost returns the one form of a host's many spellings.
func canonicalHost(host string) string {
	switch host {
	case "localhost":
		return "127.0.0.1"
	case "0.0.0.0", "[::]":
		return "*"
	}
	if strings.HasPrefix(host, "[") {
		if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
			return addr.Unmap().String()
		}
	}
	return host
}
