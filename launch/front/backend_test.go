package front

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

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

// echoServers starts an HTTP server and a uwsgi server that answer with the
// request they got, or as the query asks: status, head (a header, may be
// repeated), body, close (after the head), wait (milliseconds), chunked.
func echoServers(t *testing.T) (http, uwsgi string) {
	t.Helper()
	return serveEach(t, echoHTTP), serveEach(t, echoUwsgi)
}

func serveEach(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
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
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		lines := []string{strings.TrimSpace(line)}
		length, chunked, keep := 0, false, strings.Contains(line, "HTTP/1.1")
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
		text := strings.Join(lines, "\n") + "\n\n" + summary(body)
		if !reply(conn, "HTTP/1.1", target[0], query, text, keep) {
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
	_, vars, err := wire.ReadRequest(r)
	if err != nil {
		return
	}
	var lines []string
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
	slices.Sort(lines)
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return
	}
	reply(conn, "HTTP/1.1", method, query, strings.Join(lines, "\n")+"\n\n"+summary(body), false)
}

// reply answers as the query asks, and tells whether the connection is kept.
func reply(conn net.Conn, protocol, method, query, text string, keep bool) bool {
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
	if q.Get("close") == "early" {
		return false
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\r\n", protocol, status)
	if !q.Has("type") {
		b.WriteString("Content-Type: text/plain\r\n")
	} else if q.Get("type") != "" {
		fmt.Fprintf(&b, "Content-Type: %s\r\n", q.Get("type"))
	}
	for _, h := range q["head"] {
		b.WriteString(h + "\r\n")
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
