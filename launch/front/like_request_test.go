package front

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sample is one request of a fixture.
type sample struct {
	name string // its first line, for messages
	data string // as it is sent
	at   string // HOST:PORT, PORT, or unix
	tls  bool
	sni  string
	h2   bool
	cert string // whose certificate the client sends: "own" for the server's, "other"; "" for none
	soon bool   // only what comes within the time of early is read
	hold bool   // the head of the answer is read, and the connection kept until the end
}

// soon is how long is waited for what has to come at once.
const soon = 800 * time.Millisecond

// parseRequests reads the requests of a fixture. The first line is `METHOD
// TARGET` with an optional version; header lines follow, and a body after a
// line that is a single >, where \r\n stands for an end of line; the body *N is
// N bytes long. A request that starts with RAW is sent as it stands, with \r,
// \n, \t and \xHH; several lines are joined.
//
// Lines before a request say how it goes: `@PORT2` and `@127.0.0.2:PORT` where
// to, `@unix` to SOCKET, `@tls` over TLS (`@tls NAME` with another name than
// shop.example), `@h2` over TLS and HTTP/2, `@cert own` with the server's
// certificate as the client's, `@cert other` with one that nobody knows; after `@hold` only the head of the
// answer is read, and the connection stays open while the others are made;
// after `@early` only what comes at once is read.
func parseRequests(t *testing.T, text string) []sample {
	t.Helper()
	var all []sample
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		r := sample{at: "127.0.0.1:PORT", sni: "shop.example"}
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		for len(lines) > 0 && (strings.HasPrefix(lines[0], "#") || strings.HasPrefix(lines[0], "@")) {
			word, name, _ := strings.Cut(lines[0], " ")
			switch {
			case word == "@tls" || word == "@h2":
				r.tls, r.h2 = true, word == "@h2"
				if name != "" {
					r.sni = name
				}
			case word == "@cert":
				r.cert = name
			case word == "@early":
				r.soon = true
			case word == "@hold":
				r.hold = true
			case word == "@unix" || strings.Contains(word, ":"):
				r.at = word[1:]
			case strings.HasPrefix(word, "@"):
				r.at = "127.0.0.1:" + word[1:]
			}
			lines = lines[1:]
		}
		if len(lines) == 0 {
			continue
		}
		r.name = lines[0]
		if raw, ok := strings.CutPrefix(lines[0], "RAW "); ok {
			joined := strings.Join(append([]string{raw}, lines[1:]...), "")
			data, err := strconv.Unquote(`"` + strings.ReplaceAll(joined, `"`, `\"`) + `"`)
			if err != nil {
				t.Fatalf("%s: %v", r.name, err)
			}
			r.data = data
		} else {
			r.data = plainRequest(lines)
		}
		all = append(all, r)
	}
	return all
}

// plainRequest writes a request with what it needs: a Host, a length, and
// `Connection: close`.
func plainRequest(lines []string) string {
	words := strings.Fields(lines[0])
	if len(words) == 2 {
		words = append(words, "HTTP/1.1")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\r\n", strings.Join(words, " "))
	host, connection, body := false, false, ""
	for i, line := range lines[1:] {
		if line == ">" {
			body = strings.Join(lines[i+2:], "\n")
			break
		}
		host = host || strings.HasPrefix(strings.ToLower(line), "host:")
		connection = connection || strings.HasPrefix(strings.ToLower(line), "connection:")
		fmt.Fprintf(&b, "%s\r\n", line)
	}
	if !host && words[2] == "HTTP/1.1" {
		b.WriteString("Host: localhost\r\n")
	}
	if !connection {
		b.WriteString("Connection: close\r\n")
	}
	if n, ok := strings.CutPrefix(body, "*"); ok {
		size, _ := strconv.Atoi(n)
		body = strings.Repeat("0123456789abcde\n", size/16+1)[:size]
	}
	if head := strings.ToLower(b.String()); body != "" && !strings.Contains(head, "transfer-encoding") && !strings.Contains(head, "content-length") {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	return b.String() + "\r\n" + strings.ReplaceAll(body, "\\r\\n", "\r\n")
}

// dial connects to the server at p.
func (r *sample) dial(p place) (net.Conn, error) {
	network, address := "tcp", p.fill(r.at)
	if r.at == "unix" {
		network, address = "unix", p.socket
	}
	conn, err := net.DialTimeout(network, address, 5*time.Second)
	if err != nil || !r.tls {
		return conn, err
	}
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	config := &tls.Config{InsecureSkipVerify: true, ServerName: r.sni, CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256}}
	if r.cert != "" {
		pair, err := tls.LoadX509KeyPair(p.certificates[r.cert][0], p.certificates[r.cert][1])
		if err != nil {
			return nil, err
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	if r.h2 {
		config.NextProtos = []string{"h2"}
	}
	secure := tls.Client(conn, config)
	if err := secure.Handshake(); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// exchange sends the request and returns what comes back, in a form that can be
// compared. release gives up a connection that is held.
func (r *sample) exchange(p place) (_ string, release func(), _ error) {
	release = func() {}
	conn, err := r.dial(p)
	if err != nil {
		return "", release, err
	}
	data := p.fill(r.data)
	if r.h2 {
		defer conn.Close()
		text, err := exchangeHTTP2(conn, data)
		return text, release, err
	}
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, data); err != nil {
		conn.Close()
		return "", release, err
	}
	if r.hold {
		head := bufio.NewReader(conn)
		var b bytes.Buffer
		for !bytes.HasSuffix(b.Bytes(), []byte("\r\n\r\n")) {
			line, err := head.ReadBytes('\n')
			b.Write(line)
			if err != nil {
				break
			}
		}
		return canonical(b.Bytes()), func() { conn.Close() }, nil
	}
	defer conn.Close()
	if r.soon {
		_ = conn.SetDeadline(time.Now().Add(soon))
	}
	all, err := io.ReadAll(conn)
	switch open := os.IsTimeout(err); {
	case open && len(all) == 0 && !r.soon:
		return "", release, err
	case open:
		return canonical(all) + "\n[the connection stays open]", release, nil
	}
	return canonical(all), release, nil
}

// exchangeHTTP2 sends a request over HTTP/2.
func exchangeHTTP2(conn net.Conn, data string) (string, error) {
	in, err := http.ReadRequest(bufio.NewReader(strings.NewReader(data)))
	if err != nil {
		return "", err
	}
	protocols := &http.Protocols{}
	protocols.SetHTTP2(true)
	transport := &http.Transport{
		Protocols: protocols, DisableCompression: true,
		DialTLSContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil },
	}
	defer transport.CloseIdleConnections()
	in.RequestURI, in.URL.Scheme, in.URL.Host = "", "https", in.Host
	in.Header.Del("Connection")
	in.Close = false
	answer, err := transport.RoundTrip(in)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var fields []string
	for name, values := range answer.Header {
		for _, v := range values {
			if name != "Date" && name != "Server" {
				fields = append(fields, name+": "+v)
			}
		}
	}
	slices.Sort(fields)
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("%s %d\n%s\n\n%s", answer.Proto, answer.StatusCode, strings.Join(fields, "\n"), canonicalBody(answer.Header.Get("Content-Encoding"), body))
	return versionText.ReplaceAllString(text, "nginx"), nil
}
