package front

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"
)

// secureUpstream is what proxy_ssl_ and uwsgi_ssl_ directives say.
type secureUpstream struct {
	name     *text // nil for that of the address
	sendName bool
	verify   bool
	depth    int // the most authorities between a certificate and a root
	config   *tls.Config
}

func (c *config) secureUpstream(l *location, prefix string) *secureUpstream {
	s := &secureUpstream{
		name: c.optional(l.Scope, prefix+"_ssl_name"), sendName: c.flag(l.Scope, prefix+"_ssl_server_name", false),
		verify: c.flag(l.Scope, prefix+"_ssl_verify", false), config: &tls.Config{MinVersion: tls.VersionTLS10},
		depth: c.number(l.Scope, prefix+"_ssl_verify_depth", 1),
	}
	if n := c.one(l.Scope, prefix+"_ssl_protocols"); n != nil {
		s.config.MinVersion, s.config.MaxVersion = versions(n)
	}
	if n := c.one(l.Scope, prefix+"_ssl_trusted_certificate"); n != nil {
		s.config.RootCAs = x509.NewCertPool()
		text, err := os.ReadFile(c.front.place(n.Arg(0)))
		if err != nil || !s.config.RootCAs.AppendCertsFromPEM(text) {
			c.fail(n, "cannot load certificate %q: %v", n.Arg(0), err)
		}
	} else if n := c.one(l.Scope, prefix+"_ssl_verify"); s.verify {
		c.fail(n, "no %s_ssl_trusted_certificate for %s_ssl_verify", prefix, prefix)
	}
	certificate, key := c.one(l.Scope, prefix+"_ssl_certificate"), c.one(l.Scope, prefix+"_ssl_certificate_key")
	if certificate != nil && key != nil {
		pair, err := tls.LoadX509KeyPair(c.front.place(certificate.Arg(0)), c.front.place(key.Arg(0)))
		if err != nil {
			c.fail(certificate, "cannot load certificate %q: %v", certificate.Arg(0), err)
		}
		s.config.Certificates = []tls.Certificate{pair}
	}
	return s
}

// wrap speaks TLS with a peer; host is the one of the address.
func (s *secureUpstream) wrap(r *request, conn net.Conn, host string, timeout time.Duration) (net.Conn, error) {
	if s.name != nil {
		host = s.name.eval(r)
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	config := s.config.Clone()
	config.InsecureSkipVerify = true // it is done below, with nginx's words
	if _, err := netip.ParseAddr(host); s.sendName && err != nil {
		config.ServerName = host
	}
	if s.verify {
		config.VerifyConnection = func(state tls.ConnectionState) error {
			return verify(state.PeerCertificates, config.RootCAs, s.depth, host)
		}
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

// untrusted is an upstream's certificate that is not taken; the text is nginx's.
type untrusted string

func (u untrusted) Error() string { return string(u) }

// verify looks whether a chain leads to one of the roots, and whether the
// certificate is for the host (proxy_ssl_verify).
func verify(chain []*x509.Certificate, roots *x509.CertPool, depth int, host string) error {
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		options.Intermediates.AddCert(c)
	}
	leaf := chain[0]
	found, err := leaf.Verify(options)
	if err == nil && len(found[0])-2 > depth {
		return untrusted("upstream SSL certificate verify error: (22:certificate chain too long)")
	}
	if err != nil {
		why := "20:unable to get local issuer certificate"
		var invalid x509.CertificateInvalidError
		switch {
		case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
			why = "10:certificate has expired"
		case leaf.CheckSignatureFrom(leaf) == nil || leaf.Issuer.String() == leaf.Subject.String():
			why = "18:self-signed certificate"
		}
		return untrusted("upstream SSL certificate verify error: (" + why + ")")
	}
	if leaf.VerifyHostname(host) != nil {
		return untrusted(`upstream SSL certificate does not match "` + host + `"`)
	}
	return nil
}
