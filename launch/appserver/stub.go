package appserver

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi/wire"
)

// stubTimeout is how long a client of the stub may take.
const stubTimeout = 10 * time.Second

// stub answers a request with the variables it came with: as JSON where the
// client asks for that, otherwise as a page.
func (b *backend) stub(conn net.Conn, e pair.Endpoint) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(stubTimeout))
	r := bufio.NewReader(conn)
	in, err := b.read(conn, r, e)
	defer in.release()
	if err != nil || in.refusal != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, r, in.length)
	_, _ = conn.Write(reply(in.vars))
}

func value(vars []wire.Var, key string) string {
	for _, v := range vars {
		if v.Key == key {
			return v.Value
		}
	}
	return ""
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
