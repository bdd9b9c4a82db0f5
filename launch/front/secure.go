package front

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// secureUpstream is what proxy_ssl_ and uwsgi_ssl_ directives say.
type secureUpstream struct {
	name     *text
	sendName bool
	verify   bool
}

func (c *config) secureUpstream(l *location, prefix string) *secureUpstream {
	return &secureUpstream{
		name: c.optional(l.Scope, prefix+"_ssl_name"), sendName: c.flag(l.Scope, prefix+"_ssl_server_name", false),
		verify: c.flag(l.Scope, prefix+"_ssl_verify", false),
	}
}

// wrap speaks TLS with a peer.
func (s *secureUpstream) wrap(r *request, conn net.Conn, to *peer, timeout time.Duration) (net.Conn, error) {
	name, _, err := net.SplitHostPort(to.address)
	if err != nil {
		name = "localhost"
	}
	if s.name != nil {
		name = s.name.eval(r)
	}
	config := &tls.Config{InsecureSkipVerify: !s.verify}
	if s.sendName || s.verify {
		config.ServerName = name
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}
