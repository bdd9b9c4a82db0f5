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
	tls     bool
	http2   bool
	proxy   bool // the PROXY protocol comes first
}

// address writes a listen as site.Request.Addr has it.
func address(l site.Listen) string {
	if l.Unix != "" {
		return "unix:" + l.Unix
	}
	return net.JoinHostPort(strings.Trim(l.Host, "[]"), strconv.Itoa(l.Port))
}

// addresses returns what a configuration listens on. What one server's listen
// says of an address holds for all of them.
func addresses(c *config) map[string]*listener {
	all := map[string]*listener{}
	for _, s := range c.site.Servers {
		for _, l := range s.Listens {
			if l.QUIC {
				continue // HTTP/3 is not spoken; clients stay with the other versions
			}
			a := address(l)
			if all[a] == nil {
				all[a] = &listener{address: a}
			}
			all[a].tls = all[a].tls || l.SSL
			all[a].http2 = all[a].http2 || l.HTTP2 || c.flag(s.Scope, "http2", false)
			all[a].proxy = all[a].proxy || l.ProxyPro
		}
	}
	return all
}

// listen opens the addresses of a configuration that are not open yet.
func (f *Front) listen(c *config) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var opened []*listener
	for a, l := range addresses(c) {
		if old := f.listeners[a]; old != nil {
			old.tls, old.http2, old.proxy = l.tls, l.http2, l.proxy
			continue
		}
		network, host := "tcp", a
		switch {
		case strings.HasPrefix(a, "unix:"):
			network, host = "unix", a[len("unix:"):]
			os.Remove(host) // nginx takes the place of a socket that is left over
		case strings.HasPrefix(a, "*:"):
			network, host = "tcp4", a[1:]
		case strings.HasPrefix(a, "[::]"):
			network = "tcp6"
		}
		open, err := net.Listen(network, host)
		if err != nil {
			for _, l := range opened {
				l.Close()
			}
			return fmt.Errorf("bind() to %s failed: %w", a, err)
		}
		l.Listener = open
		opened = append(opened, l)
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
	config *tls.Config
	reject bool
}

// tlsVersions are the words of ssl_protocols.
var tlsVersions = map[string]uint16{"TLSv1": tls.VersionTLS10, "TLSv1.1": tls.VersionTLS11, "TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13}

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
	if n := c.one(s.Scope, "ssl_protocols"); n != nil {
		t.config.MinVersion, t.config.MaxVersion = 0, 0
		for _, a := range n.Args {
			v := tlsVersions[a.Value]
			if v == 0 {
				continue
			}
			if t.config.MinVersion == 0 || v < t.config.MinVersion {
				t.config.MinVersion = v
			}
			t.config.MaxVersion = max(t.config.MaxVersion, v)
		}
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
	t.config.NextProtos = []string{"http/1.1"}
	http2 := c.flag(s.Scope, "http2", false)
	for _, l := range s.Listens {
		http2 = http2 || l.HTTP2
	}
	if http2 {
		t.config.NextProtos = []string{"h2", "http/1.1"}
	}
}

// tlsConfig chooses the server's certificate by the name that the client asks for.
func (f *Front) tlsConfig(addr string) *tls.Config {
	return &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		c := f.current.Load()
		block := c.site.ServerFor(addr, hello.ServerName)
		if block == nil {
			return nil, fmt.Errorf("no server for %q", hello.ServerName)
		}
		s := c.servers[block]
		if s.ssl == nil || s.ssl.reject || len(s.ssl.config.Certificates) == 0 {
			return nil, fmt.Errorf("the server rejects the handshake")
		}
		return s.ssl.config, nil
	}}
}
