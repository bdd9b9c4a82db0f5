package front

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// listener is one address that is listened on.
type listener struct {
	net.Listener
	address string // as site.Request.Addr has it
}

// endpoint is what the listen directives of an address say: those of one server
// hold for all.
type endpoint struct {
	tls, http2 bool
	proxy      bool // the PROXY protocol comes first
	dual       bool // IPv6 and IPv4
}

// address writes a listen as site.Request.Addr has it.
func address(l site.Listen) string {
	if l.Unix != "" {
		return "unix:" + l.Unix
	}
	return net.JoinHostPort(strings.Trim(l.Host, "[]"), strconv.Itoa(l.Port))
}

// widest is the address that takes the connections of another one too: all
// those of its port.
func widest(address string) string {
	host, port, err := net.SplitHostPort(address)
	switch {
	case err != nil || strings.HasPrefix(address, "unix:"):
		return address
	case strings.Contains(host, ":"):
		return "[::]:" + port
	}
	return "*:" + port
}

func (c *config) makeEndpoints() {
	for _, s := range c.site.Servers {
		for _, l := range s.Listens {
			if l.QUIC {
				continue // HTTP/3 is not spoken; clients stay with the other versions
			}
			a := address(l)
			e := c.endpoints[a]
			if e == nil {
				e = &endpoint{}
				c.endpoints[a] = e
			}
			e.tls = e.tls || l.SSL
			e.http2 = e.http2 || l.HTTP2 || c.flag(s.Scope, "http2", false)
			e.proxy = e.proxy || l.ProxyPro
			if l.Node == nil {
				continue
			}
			for _, word := range l.Node.Args {
				e.dual = e.dual || word.Value == "ipv6only=off"
			}
		}
	}
}

// bound are the addresses that are listened on: a narrow one is served by the
// wide one of its port.
func (c *config) bound() map[string]bool {
	all := map[string]bool{}
	for a := range c.endpoints {
		if w := widest(a); c.endpoints[w] != nil {
			a = w
		}
		all[a] = true
	}
	return all
}

// listen opens the addresses of a configuration that are not open yet.
func (f *Front) listen(c *config) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var opened []*listener
	for a := range c.bound() {
		if f.listeners[a] != nil {
			continue
		}
		network, host := "tcp", a
		switch {
		case strings.HasPrefix(a, "unix:"):
			network, host = "unix", a[len("unix:"):]
			os.Remove(host) // nginx takes the place of a socket that is left over
		case strings.HasPrefix(a, "*:"):
			network, host = "tcp4", a[1:]
		case strings.HasPrefix(a, "[::]") && !c.endpoints[a].dual:
			network = "tcp6"
		}
		open, err := net.Listen(network, host)
		if err != nil {
			for _, l := range opened {
				l.Close()
			}
			return fmt.Errorf("bind() to %s failed: %w", a, err)
		}
		opened = append(opened, &listener{open, a})
	}
	for _, l := range opened {
		f.listeners[l.address] = l
		f.wait.Add(1)
		go f.accept(l)
	}
	return nil
}

// serverTLS is what ssl directives of a server say.
type serverTLS struct {
	config  *tls.Config
	reject  bool
	clients clientCertificates
}

// tlsVersions are the words of ssl_protocols.
var tlsVersions = map[string]uint16{"TLSv1": tls.VersionTLS10, "TLSv1.1": tls.VersionTLS11, "TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13}

// versions are the oldest and the newest one that a directive names.
func versions(n *site.Node) (oldest, newest uint16) {
	for _, a := range n.Args {
		v := tlsVersions[a.Value]
		if v == 0 {
			continue
		}
		if oldest == 0 || v < oldest {
			oldest = v
		}
		newest = max(newest, v)
	}
	return oldest, newest
}

func (c *config) serverTLS(s *server) {
	secure := false
	for _, l := range s.Listens {
		secure = secure || l.SSL
	}
	if !secure {
		return
	}
	t := &serverTLS{config: &tls.Config{MinVersion: tls.VersionTLS12}, reject: c.flag(s.Scope, "ssl_reject_handshake", false)}
	s.ssl = t
	t.clients = c.clientCertificates(s.Scope)
	t.clients.handshake(t.config)
	if n := c.one(s.Scope, "ssl_protocols"); n != nil {
		t.config.MinVersion, t.config.MaxVersion = versions(n)
	}
	certificates, keys := c.all(s.Scope, "ssl_certificate"), c.all(s.Scope, "ssl_certificate_key")
	for i, n := range certificates {
		if i >= len(keys) {
			break
		}
		pair, err := tls.LoadX509KeyPair(c.front.place(n.Arg(0)), c.front.place(keys[i].Arg(0)))
		if err != nil {
			c.fail(n, "cannot load certificate %q: %v", n.Arg(0), err)
			continue
		}
		t.config.Certificates = append(t.config.Certificates, pair)
	}
	if len(t.config.Certificates) == 0 && !t.reject && len(certificates) == 0 {
		c.fail(s.Listens[0].Node, "no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive")
	}
}

// tlsConfig chooses the server's certificate by the name that the client asks
// for, and looks at the certificate of the client.
func (c *connection) tlsConfig() *tls.Config {
	addr := c.at()
	return &tls.Config{GetConfigForClient: func(asked *tls.ClientHelloInfo) (*tls.Config, error) {
		conn, c := c, c.front.current.Load()
		conn.hello = hello{strings.ToLower(asked.ServerName), asked.CipherSuites, asked.SupportedCurves}
		block := c.site.ServerFor(addr, asked.ServerName)
		if block == nil || c.endpoints[addr] == nil {
			return nil, fmt.Errorf("no server for %q", asked.ServerName)
		}
		s := c.servers[block]
		if s.ssl == nil || s.ssl.reject || len(s.ssl.config.Certificates) == 0 {
			return nil, fmt.Errorf("the server rejects the handshake")
		}
		config := s.ssl.config.Clone()
		config.VerifyConnection = func(state tls.ConnectionState) error {
			conn.clientFault = s.ssl.clients.fault(state.PeerCertificates)
			return nil
		}
		config.NextProtos = []string{"http/1.1"}
		if c.endpoints[addr].http2 {
			config.NextProtos = []string{"h2", "http/1.1"}
		}
		if first := c.servers[c.site.ServerFor(addr, "")]; first.ssl != nil {
			// The protocols are agreed on before the name is looked at.
			config.MinVersion, config.MaxVersion = first.ssl.config.MinVersion, first.ssl.config.MaxVersion
		}
		return config, nil
	}}
}
