package appserver

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi/wire"
)

// stub answers every request with the variables it came with: as JSON where
// the client asks for that, otherwise as a page.
type stub struct {
	wait sync.WaitGroup
	stop func()
}

func newStub(listeners []*listener) *stub {
	s := &stub{}
	var open []net.Listener
	for _, l := range listeners {
		// A listener of its own, so that it can be closed alone.
		own, err := net.FileListener(l.file)
		if err != nil {
			continue
		}
		if u, ok := own.(*net.UnixListener); ok {
			u.SetUnlinkOnClose(false)
		}
		open = append(open, own)
		read := readPacket
		if l.bind.Protocol == pair.HTTP {
			read = readHTTP
		}
		s.wait.Go(func() { s.accept(own, read) })
	}
	s.stop = func() {
		for _, l := range open {
			l.Close()
		}
		s.wait.Wait()
	}
	return s
}

// stubTimeout is how long a client of the stub may take.
const stubTimeout = 10 * time.Second

func (s *stub) accept(l net.Listener, read func(net.Conn) ([]wire.Var, io.Reader, error)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		s.wait.Go(func() {
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(stubTimeout))
			vars, body, err := read(conn)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, body)
			_, _ = conn.Write(reply(vars))
		})
	}
}

func readPacket(conn net.Conn) ([]wire.Var, io.Reader, error) {
	r := bufio.NewReader(conn)
	h, vars, err := wire.ReadRequest(r)
	if err != nil {
		return nil, nil, err
	}
	if h.Modifier1 != 0 {
		return nil, nil, fmt.Errorf("unavailable modifier requested: %d", h.Modifier1)
	}
	return vars, io.LimitReader(r, contentLength(vars)), nil
}

func readHTTP(conn net.Conn) ([]wire.Var, io.Reader, error) {
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return nil, nil, err
	}
	remote := ""
	if a, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err == nil {
		remote = a.Addr().String()
	}
	vars := []wire.Var{
		{Key: "REQUEST_METHOD", Value: request.Method}, {Key: "REQUEST_URI", Value: request.RequestURI}, {Key: "PATH_INFO", Value: request.URL.Path},
		{Key: "QUERY_STRING", Value: request.URL.RawQuery}, {Key: "SERVER_PROTOCOL", Value: request.Proto}, {Key: "SCRIPT_NAME", Value: ""},
		{Key: "REMOTE_ADDR", Value: remote}, {Key: "HTTP_HOST", Value: request.Host},
	}
	for name, values := range request.Header {
		key := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if key != "CONTENT_TYPE" && key != "CONTENT_LENGTH" {
			key = "HTTP_" + key
		}
		vars = append(vars, wire.Var{Key: key, Value: strings.Join(values, ", ")})
	}
	return vars, request.Body, nil
}

func value(vars []wire.Var, key string) string {
	for _, v := range vars {
		if v.Key == key {
			return v.Value
		}
	}
	return ""
}

func contentLength(vars []wire.Var) int64 {
	var n int64
	if _, err := fmt.Sscan(value(vars, "CONTENT_LENGTH"), &n); err != nil || n < 0 {
		return 0
	}
	return n
}

// reply makes the response: plain HTTP, whatever the request came in.
func reply(vars []wire.Var) []byte {
	kind, body := "text/html; charset=utf-8", page(vars)
	if strings.Contains(value(vars, "HTTP_ACCEPT"), "json") || strings.HasSuffix(value(vars, "PATH_INFO"), ".json") {
		environ := map[string]string{}
		for _, v := range vars {
			environ[v.Key] = v.Value
		}
		kind = "application/json"
		body, _ = json.MarshalIndent(environ, "", "  ") // strings cannot fail
		body = append(body, '\n')
	}
	protocol := value(vars, "SERVER_PROTOCOL")
	if protocol == "" {
		protocol = "HTTP/1.0"
	}
	head := fmt.Appendf(nil, "%s 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", protocol, kind, len(body))
	if value(vars, "REQUEST_METHOD") == http.MethodHead {
		return head
	}
	return append(head, body...)
}

func page(vars []wire.Var) []byte {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<title>deployctl: the request as the application gets it</title>\n" +
		"<style>body{font:15px system-ui;margin:2em}td{border-top:1px solid #ccc;padding:.2em 1em .2em 0;font-family:monospace}</style>\n" +
		"<h1>The request as the application gets it</h1>\n<p>The built-in application answers, because deployctl was started with --app stub.</p>\n<table>\n")
	for _, v := range vars {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td></tr>\n", html.EscapeString(v.Key), html.EscapeString(v.Value))
	}
	b.WriteString("</table>\n")
	return []byte(b.String())
}
