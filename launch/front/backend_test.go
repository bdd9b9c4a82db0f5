package front

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/uwsgi/wire"
)

type lockedWriter struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedWriter) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// backends starts the servers that a text names, and returns the names with
// their addresses, longer names first. BACKEND, BACKEND2 and BACKEND3 are HTTP
// servers, UWSGI, UWSGI2 and UWSGI3 speak the uwsgi protocol; with TLS before
// the name they do so over TLS, with the certificate BACKENDCERT, with SOCKET
// behind it on a unix socket; PORTOF before it is the port alone. All of them
// answer with the request they got, or as its query asks:
//
//   - status, type (may be empty), body, size (of the body, in bytes);
//   - head is a header line, may be repeated; @N at its end is N bytes;
//   - length=1 says the length, chunked=1 sends a chunk;
//   - wait is a pause in milliseconds before the answer;
//   - close=early closes without an answer, close=body before the body's end;
//   - raw is the answer as it is sent, pause a pause behind it; the connection
//     is closed then, unless there is keep, and reset with reset=1;
//   - count adds a header with the number of the request on its connection.
//
// A request with Upgrade is answered with 101 and then with what comes in upper
// case, until "bye" does. FULL is an address that takes no connection, FULLSOCKET
// a unix socket that refuses them because too many wait.
func backends(t *testing.T, text string) []string {
	t.Helper()
	var pairs []string
	certificate, key := "", ""
	if strings.Contains(text, "TLS") {
		certificate, key = realtest.Certificate(t)
		pairs = append(pairs, "BACKENDCERT", certificate)
	}
	for _, kind := range []struct {
		name   string
		answer func(net.Conn)
	}{{"BACKEND", echoHTTP}, {"UWSGI", echoUwsgi}} {
		for _, suffix := range []string{"SOCKET", "2", "3", ""} {
			name := kind.name + suffix
			if secure := "TLS" + name; strings.Contains(text, secure) {
				pairs = append(pairs, secure, serveEach(t, "tcp", "127.0.0.1:0", overTLS(t, certificate, key, kind.answer)))
			}
			switch {
			case !strings.Contains(text, name):
			case suffix == "SOCKET":
				path := filepath.Join(shortDir(t), "b")
				pairs = append(pairs, name, "unix:"+serveEach(t, "unix", path, kind.answer))
				openSocket(t, path)
			default:
				address := serveEach(t, "tcp", "127.0.0.1:0", kind.answer)
				_, port, _ := net.SplitHostPort(address)
				pairs = append(pairs, "PORTOF"+name, port, name, address)
			}
		}
	}
	if strings.Contains(text, "FULLSOCKET") {
		pairs = append(pairs, "FULLSOCKET", "unix:"+fullSocket(t))
	}
	if strings.Contains(text, "FULL") {
		pairs = append(pairs, "FULL", fullListener(t))
	}
	return pairs
}

// openSocket lets nginx's workers connect to a socket.
func openSocket(t *testing.T, path string) {
	if err := os.Chmod(path, 0o777); err != nil {
		t.Fatal(err)
	}
}

// overTLS answers over TLS with the certificate of shop.example.
func overTLS(t *testing.T, certificate, key string, answer func(net.Conn)) func(net.Conn) {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	return func(conn net.Conn) {
		secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{pair}})
		if secure.Handshake() == nil {
			answer(secure)
			secure.Close()
		}
	}
}

// fullListener returns an address whose queue of connections is full, so that
// connecting to it takes forever.
func fullListener(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(name.(*syscall.SockaddrInet4).Port))
	for range 4 {
		conn, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
		if err != nil {
			break
		}
		t.Cleanup(func() { conn.Close() })
	}
	return address
}

// fullSocket returns the path of a unix socket whose queue is full.
func fullSocket(t *testing.T) string {
	t.Helper()
	path := filepath.Join(shortDir(t), "b")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	openSocket(t, path)
	for {
		conn, err := net.Dial("unix", path)
		if err != nil {
			return path
		}
		t.Cleanup(func() { conn.Close() })
	}
}

func serveEach(t *testing.T, network, address string, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wait.Go(func() {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
				answer(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		wait.Wait()
	})
	return l.Addr().String()
}

func echoHTTP(conn net.Conn) {
	r := bufio.NewReader(conn)
	for count := 1; ; count++ {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		lines := []string{strings.TrimSpace(line)}
		length, chunked, upgrade, keep := 0, false, false, strings.Contains(line, "HTTP/1.1")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			line = strings.TrimSpace(line)
			if line == "" {
				break
			}
			name, v, _ := strings.Cut(line, ": ")
			switch strings.ToLower(name) {
			case "content-length":
				length, _ = strconv.Atoi(v)
			case "transfer-encoding":
				chunked = true
			case "connection":
				keep = keep && v != "close"
			case "upgrade":
				upgrade = true
			}
			lines = append(lines, line)
		}
		slices.Sort(lines[1:])
		body := make([]byte, length)
		if chunked {
			body, err = io.ReadAll(&chunkReader{r: r})
		} else {
			_, err = io.ReadFull(r, body)
		}
		if err != nil {
			return
		}
		target := strings.Fields(lines[0])
		query := ""
		if len(target) > 1 {
			_, query, _ = strings.Cut(target[1], "?")
		}
		if upgrade {
			echoUpgraded(conn, r)
			return
		}
		text := strings.Join(lines, "\n") + "\n\n" + summary(body)
		if !reply(conn, target[0], query, text, count, keep) {
			return
		}
	}
}

// echoUpgraded agrees to speak something else.
func echoUpgraded(conn net.Conn, r *bufio.Reader) {
	_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Agreed: yes\r\n\r\n")
	buf := make([]byte, 1000)
	for {
		n, err := r.Read(buf)
		if err != nil {
			return
		}
		if _, err := conn.Write(bytes.ToUpper(buf[:n])); err != nil || bytes.Contains(buf[:n], []byte("bye")) {
			return
		}
	}
}

// summary keeps bodies that are compared small.
func summary(body []byte) string {
	if len(body) > 300 {
		return fmt.Sprintf("%s... %d bytes", body[:100], len(body))
	}
	return string(body)
}

func echoUwsgi(conn net.Conn) {
	r := bufio.NewReader(conn)
	head, vars, err := wire.ReadRequest(r)
	if err != nil {
		return
	}
	lines := []string{fmt.Sprintf("modifiers %d %d", head.Modifier1, head.Modifier2)}
	query, method, length := "", "", 0
	for _, v := range vars {
		lines = append(lines, v.Key+"="+v.Value)
		switch v.Key {
		case "QUERY_STRING":
			query = v.Value
		case "REQUEST_METHOD":
			method = v.Value
		case "CONTENT_LENGTH":
			length, _ = strconv.Atoi(v.Value)
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return
	}
	reply(conn, method, query, strings.Join(lines, "\n")+"\n\n"+summary(body), 1, false)
}

// reply answers as the query asks, and tells whether the connection is kept.
func reply(conn net.Conn, method, query, text string, count int, keep bool) bool {
	q, _ := url.ParseQuery(query)
	status := "200 OK"
	if s := q.Get("status"); s != "" {
		status = s + " Status"
	}
	if s, ok := q["body"]; ok {
		text = s[0]
	}
	if n, err := strconv.Atoi(q.Get("size")); err == nil {
		text = strings.Repeat("0123456789abcde\n", n/16+1)[:n]
	}
	if ms, err := strconv.Atoi(q.Get("wait")); err == nil {
		time.Sleep(time.Duration(ms) * time.Millisecond)
	}
	switch {
	case q.Get("close") == "early":
		return false
	case q.Has("raw"):
		return replyRaw(conn, q)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", status)
	if q.Has("count") {
		fmt.Fprintf(&b, "X-Count: %d\r\n", count)
	}
	if !q.Has("type") {
		b.WriteString("Content-Type: text/plain\r\n")
	} else if q.Get("type") != "" {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", q.Get("type"))
	}
	for _, h := range q["head"] {
		b.WriteString(filler.ReplaceAllStringFunc(h, fill) + "\r\n")
	}
	switch {
	case q.Get("chunked") != "":
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		if method != "HEAD" {
			fmt.Fprintf(&b, "%x\r\n%s\r\n0\r\n\r\n", len(text), text)
		}
	case q.Get("close") == "body":
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(text)+10, text)
		keep = false
	case keep || q.Get("length") != "":
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(text))
		if method != "HEAD" {
			b.WriteString(text)
		}
	default:
		b.WriteString("\r\n")
		if method != "HEAD" {
			b.WriteString(text)
		}
	}
	_, err := io.WriteString(conn, b.String())
	return err == nil && keep
}

// filler is a place in a header that is so many bytes long.
var filler = regexp.MustCompile(`@\d+$`)

func fill(number string) string {
	n, _ := strconv.Atoi(number[1:])
	return strings.Repeat("x", n)
}

// replyRaw sends an answer as it stands in the query.
func replyRaw(conn net.Conn, q url.Values) bool {
	_, err := io.WriteString(conn, q.Get("raw"))
	if ms, err := strconv.Atoi(q.Get("pause")); err == nil {
		time.Sleep(time.Duration(ms) * time.Millisecond)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && q.Has("reset") {
		_ = tcp.SetLinger(0)
	}
	return err == nil && q.Has("keep")
}
