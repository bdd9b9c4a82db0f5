package front

import (
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// clientCertificates is what a server asks of its clients: ssl_verify_client
// and what belongs to it.
type clientCertificates struct {
	mode  string         // on, optional or optional_no_ca; off asks for none
	roots *x509.CertPool // those that certificates have to come from
	depth int            // the most authorities between a certificate and a root
}

func (c *config) clientCertificates(s *site.Scope) clientCertificates {
	cc := clientCertificates{mode: c.word(s, "ssl_verify_client", "off"), roots: x509.NewCertPool(), depth: c.number(s, "ssl_verify_depth", 1)}
	named := c.one(s, "ssl_client_certificate")
	for _, n := range []*site.Node{named, c.one(s, "ssl_trusted_certificate")} {
		if n == nil || cc.mode == "off" {
			continue
		}
		text, err := os.ReadFile(c.front.place(n.Arg(0)))
		if err == nil && !cc.roots.AppendCertsFromPEM(text) {
			err = errors.New("there is no certificate in it")
		}
		if err != nil {
			c.fail(n, "cannot load certificate %q: %v", n.Arg(0), err)
		}
	}
	if cc.mode != "off" && cc.mode != "optional_no_ca" && named == nil {
		c.fail(c.one(s, "ssl_verify_client"), "no ssl_client_certificate for ssl_verify_client")
	}
	return cc
}

// handshake makes the part of a handshake: what a client sends is looked at
// when it asks for something, as nginx does.
func (c *clientCertificates) handshake(config *tls.Config) {
	if c.mode != "off" {
		config.ClientAuth, config.ClientCAs = tls.RequestClientCert, c.roots
	}
}

// fault says in OpenSSL's words why a client's certificate is not taken, "" for
// one that is, or for none.
func (c *clientCertificates) fault(chain []*x509.Certificate) string {
	if len(chain) == 0 {
		return ""
	}
	options := x509.VerifyOptions{Roots: c.roots, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	for _, between := range chain[1:] {
		options.Intermediates.AddCert(between)
	}
	chains, err := chain[0].Verify(options)
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil && len(chains[0])-2 > c.depth:
		return "certificate chain too long"
	case err == nil:
		return ""
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(chain[0].NotBefore):
		return "certificate is not yet valid"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "certificate has expired"
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return "unsuitable certificate purpose"
	case chain[0].Issuer.String() == chain[0].Subject.String():
		return "self-signed certificate"
	case len(chain) > 1:
		return "unable to get local issuer certificate"
	}
	return "unable to verify the first certificate"
}

// readingHead is how nginx's lines end that are about a request's head.
const readingHead = " while reading client request headers"

// faultNumbers are OpenSSL's (X509_V_ERR_).
var faultNumbers = map[string]int{
	"certificate is not yet valid": 9, "certificate has expired": 10, "self-signed certificate": 18, "unable to get local issuer certificate": 20,
	"unable to verify the first certificate": 21, "certificate chain too long": 22, "unsuitable certificate purpose": 26,
}

// pardonable are the faults that optional_no_ca overlooks
// (ngx_ssl_verify_error_optional).
var pardonable = map[string]bool{
	"self-signed certificate": true, "unable to get local issuer certificate": true, "unable to verify the first certificate": true,
}

// misdirected tells that a request asks for a server that looks at certificates
// under a name which is not the one of the handshake. The server of that name
// answers then (ngx_http_set_virtual_server).
func (r *request) misdirected() bool {
	asked := r.conn.hello.name
	if r.conn.tls == nil || asked == "" || asked == r.host || r.host == "" || r.server.ssl == nil || r.server.ssl.clients.mode == "off" {
		return false
	}
	s := r.conf.site.NamedServer(r.conn.at(), asked)
	if s == nil {
		return false
	}
	r.server = r.conf.servers[s]
	r.loc = r.server.own
	return true
}

// checkClient looks at the client's certificate (ngx_http_process_request).
func (r *request) checkClient() (status int) {
	if r.misdirected() {
		r.log("info", "client attempted to request the server name different from the one that was negotiated"+readingHead, "")
		return http.StatusMisdirectedRequest
	}
	if r.conn.tls == nil || r.server.ssl == nil || r.server.ssl.clients.mode == "off" {
		return 0
	}
	mode, fault := r.server.ssl.clients.mode, r.conn.clientFault
	if fault != "" && (mode != "optional_no_ca" || !pardonable[fault]) {
		r.log("info", fmt.Sprintf("client SSL certificate verify error: (%d:%s)"+readingHead, faultNumbers[fault], fault), "")
		return statusCertificate
	}
	if mode == "on" && len(r.conn.tls.PeerCertificates) == 0 {
		r.log("info", "client sent no required SSL certificate"+readingHead, "")
		return statusNoCertificate
	}
	return 0
}

// nginx's own codes for what is wrong with a client's certificate.
const (
	statusCertificate   = 495
	statusNoCertificate = 496
)

// ofTLS makes a variable that only connections with TLS have.
func ofTLS(of func(*connection) string) getter {
	return func(r *request) (string, bool) {
		if r.conn.tls == nil {
			return "", false
		}
		return found(of(r.conn))
	}
}

// ofClient makes a variable that only clients with a certificate have.
func ofClient(of func(*x509.Certificate) string) getter {
	return ofTLS(func(c *connection) string {
		if len(c.tls.PeerCertificates) == 0 {
			return ""
		}
		return of(c.tls.PeerCertificates[0])
	})
}

func init() {
	const date = "Jan _2 15:04:05 2006 GMT"
	raw := func(c *x509.Certificate) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	maps.Copy(builtin, map[string]getter{
		"ssl_client_raw_cert": ofClient(raw),
		"ssl_client_cert": ofClient(func(c *x509.Certificate) string {
			return strings.ReplaceAll(strings.TrimSuffix(raw(c), "\n"), "\n", "\n\t")
		}),
		"ssl_client_escaped_cert": ofClient(func(c *x509.Certificate) string { return strings.ReplaceAll(url.QueryEscape(raw(c)), "+", "%20") }),
		"ssl_client_fingerprint": ofClient(func(c *x509.Certificate) string {
			sum := sha1.Sum(c.Raw)
			return hex.EncodeToString(sum[:])
		}),
		"ssl_client_serial":      ofClient(func(c *x509.Certificate) string { return strings.ToUpper(hex.EncodeToString(c.SerialNumber.Bytes())) }),
		"ssl_client_s_dn":        ofClient(func(c *x509.Certificate) string { return distinguished(c.RawSubject) }),
		"ssl_client_i_dn":        ofClient(func(c *x509.Certificate) string { return distinguished(c.RawIssuer) }),
		"ssl_client_s_dn_legacy": ofClient(func(c *x509.Certificate) string { return distinguishedLegacy(c.RawSubject) }),
		"ssl_client_i_dn_legacy": ofClient(func(c *x509.Certificate) string { return distinguishedLegacy(c.RawIssuer) }),
		"ssl_client_v_start":     ofClient(func(c *x509.Certificate) string { return c.NotBefore.UTC().Format(date) }),
		"ssl_client_v_end":       ofClient(func(c *x509.Certificate) string { return c.NotAfter.UTC().Format(date) }),
		"ssl_client_v_remain": ofClient(func(c *x509.Certificate) string {
			return strconv.FormatInt(max(0, c.NotAfter.Unix()-time.Now().Unix())/(24*60*60), 10)
		}),
		"ssl_client_verify": ofTLS(func(c *connection) string {
			switch {
			case len(c.tls.PeerCertificates) == 0:
				return "NONE"
			case c.clientFault != "":
				return "FAILED:" + c.clientFault
			}
			return "SUCCESS"
		}),
		"ssl_ciphers": ofTLS(func(c *connection) string {
			var names []string
			for _, id := range c.hello.ciphers {
				names = append(names, cipherName(id))
			}
			return strings.Join(names, ":")
		}),
		"ssl_curves": ofTLS(func(c *connection) string {
			var names []string
			for _, id := range c.hello.curves {
				names = append(names, curveName(id))
			}
			return strings.Join(names, ":")
		}),
		"ssl_curve":         ofTLS(func(c *connection) string { return curveName(c.tls.CurveID) }),
		"ssl_alpn_protocol": ofTLS(func(c *connection) string { return c.tls.NegotiatedProtocol }),
		"ssl_early_data":    ofTLS(func(*connection) string { return "" }),
	})
}

// curveName names a curve as OpenSSL does.
func curveName(id tls.CurveID) string {
	switch id {
	case tls.X25519:
		return "X25519"
	case tls.CurveP256:
		return "prime256v1"
	case tls.CurveP384:
		return "secp384r1"
	case tls.CurveP521:
		return "secp521r1"
	}
	return fmt.Sprintf("0x%04x", uint16(id))
}

// attributes are the short names of OpenSSL.
var attributes = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street", "2.5.4.10": "O",
	"2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.17": "postalCode", "2.5.4.42": "GN", "2.5.4.43": "initials", "2.5.4.46": "dnQualifier",
	"1.2.840.113549.1.9.1": "emailAddress", "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
}

func nameOf(a pkix.AttributeTypeAndValue) string {
	if short := attributes[a.Type.String()]; short != "" {
		return short
	}
	return a.Type.String()
}

func sequence(raw []byte) pkix.RDNSequence {
	var s pkix.RDNSequence
	_, _ = asn1.Unmarshal(raw, &s) // of a certificate that was read already
	return s
}

// distinguished writes a name as RFC 2253 does, the last part first.
func distinguished(raw []byte) string {
	var b strings.Builder
	parts := sequence(raw)
	for i := len(parts) - 1; i >= 0; i-- {
		for j, a := range parts[i] {
			switch {
			case j > 0:
				b.WriteByte('+')
			case i < len(parts)-1:
				b.WriteByte(',')
			}
			b.WriteString(nameOf(a) + "=")
			escapeName(&b, fmt.Sprint(a.Value))
		}
	}
	return b.String()
}

// escapeName escapes a value of a name (ASN1_STRFLGS_RFC2253).
func escapeName(b *strings.Builder, s string) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c > 0x7e:
			fmt.Fprintf(b, `\%02X`, c)
		case strings.IndexByte(`,+"\<>;`, c) >= 0, i == 0 && (c == '#' || c == ' '), i == len(s)-1 && c == ' ':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
}

// distinguishedLegacy writes a name as X509_NAME_oneline does.
func distinguishedLegacy(raw []byte) string {
	var b strings.Builder
	for _, part := range sequence(raw) {
		for _, a := range part {
			fmt.Fprintf(&b, "/%s=%v", nameOf(a), a.Value)
		}
	}
	return b.String()
}

// hello is what a client has offered in its handshake.
type hello struct {
	name    string // in lower case
	ciphers []uint16
	curves  []tls.CurveID
}
