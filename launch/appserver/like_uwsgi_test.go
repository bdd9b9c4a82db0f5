package appserver

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/uwsgi/wire"
)

// cases are requests that both servers answer. Each is sent once in the uwsgi
// protocol and once over HTTP, unless it is raw or text.
var cases = []struct {
	name, method, uri, body string
	headers                 []wire.Var
	raw                     string // sent as it is to the uwsgi socket
	text                    string // sent as it is to the http-socket
}{
	{name: "hello", uri: "/"},
	{name: "head", method: "HEAD", uri: "/"},
	{name: "environ", uri: "/environ?a=1&b=%20", headers: []wire.Var{{Key: "HTTP_X_ONE", Value: "1"}, {Key: "HTTP_COOKIE", Value: "a=b; c=d"}}},
	{name: "escaped path", uri: "/a%20b/%C3%A9?x"},
	{name: "exception", uri: "/boom"},
	{name: "exception after the head", uri: "/late"},
	{name: "no start_response", uri: "/nothing"},
	{name: "write", uri: "/write"},
	{name: "text instead of bytes", uri: "/text"},
	{name: "a body without a head", uri: "/headless"},
	{name: "file_wrapper", uri: "/file"},
	{name: "close", uri: "/closing"},
	{name: "wsgiref.validate", uri: "/valid"},
	{name: "body", method: "POST", uri: "/read", body: "first\nsecond and more"},
	{name: "lines", method: "POST", uri: "/lines", body: "1\n22\n\n333"},
	{name: "empty body", method: "POST", uri: "/lines"},
	{name: "body above post-buffering", method: "POST", uri: "/lines", body: strings.Repeat("0123456789abcde\n", 1000)},
	{name: "body above limit-post", method: "POST", uri: "/lines", body: strings.Repeat("x", 20001)},
	{name: "mount", uri: "/sub/environ"},
	{name: "mount itself", uri: "/sub"},
	{name: "not the mount", uri: "/subway"},
	{name: "static", uri: "/static/a.css"},
	{name: "static head", method: "HEAD", uri: "/static/a.css"},
	{name: "static, missing", uri: "/static/none.css"},
	{name: "static, outside", uri: "/static/../app.py"},
	{name: "static, its folder", uri: "/static"},
	{name: "static, its folder with a slash", uri: "/static/"},
	{name: "static, a null byte", uri: "/static/%00"},
	{name: "static, dots as escapes", uri: "/static/%2e%2e/app.py"},
	{name: "static, outside with another method", method: "PUT", uri: "/static/../app.py"},
	{name: "static, not newer", uri: "/static/a.css", headers: []wire.Var{{Key: "HTTP_IF_MODIFIED_SINCE", Value: "Fri, 02 Jan 2099 03:04:05 GMT"}}},
	{name: "fragment", uri: "/environ#x"},
	{name: "forwarded scheme", uri: "/environ", headers: []wire.Var{{Key: "HTTP_X_FORWARDED_PROTO", Value: "https"}}},
	{name: "forwarded SSL", uri: "/environ", headers: []wire.Var{{Key: "HTTP_X_FORWARDED_SSL", Value: "on"}}},
	{name: "another application", uri: "/environ", headers: []wire.Var{{Key: "UWSGI_APPID", Value: "/sub"}}},
	{name: "bytes that are no ASCII", uri: "/\xc3\xa9"},
	{name: "a header without a colon", text: "GET / HTTP/1.1\r\nX-Bad\r\n\r\n"},
	{name: "a space in the path", text: "GET /a b HTTP/1.1\r\n\r\n"},
	{name: "spaces around a value", text: "GET /environ HTTP/1.1\r\nX-A:  v  \r\n\r\n"},
	{name: "no path", text: "GET  HTTP/1.1\r\n\r\n"},
	{name: "large head", uri: "/", headers: []wire.Var{{Key: "HTTP_X", Value: strings.Repeat("x", 5000)}}},
	{name: "many variables", uri: "/", headers: many(130)},
	{name: "HTTP on the uwsgi socket", raw: "\x47ET / HTTP/1.1\r\nHost: x\r\n\r\n"},
	{name: "empty packet", raw: "\x00\x00\x00\x00"},
	{name: "other modifier", raw: "\x05\x05\x00\x00\x01\x00k\x00\x00"},
	{name: "empty key", raw: "\x00\x04\x00\x00\x00\x00\x00\x00"},
	{name: "truncated variable", raw: "\x00\x06\x00\x00\x01\x00k\x09\x00v"},
	{name: "nothing set", raw: "\x00\x06\x00\x00\x01\x00k\x01\x00v"},
}

func many(n int) []wire.Var {
	var vars []wire.Var
	for i := range n {
		vars = append(vars, wire.Var{Key: fmt.Sprintf("HTTP_X%d", i), Value: "v"})
	}
	return vars
}

// lastLine is what the last of the cases leaves in the log.
const lastLine = "{2 vars in 6 bytes}"

const likeIni = `[uwsgi]
%splugins = python3
master = true
processes = 1
threads = 1
chdir = %s
wsgi-file = app.py
mount = /sub=app.py
manage-script-name = true
static-map = /static=%s/files
socket = 127.0.0.1:%d
http-socket = 127.0.0.1:%d
post-buffering = 4096
limit-post = 20000
`

func TestLikeUwsgi(t *testing.T) {
	t.Parallel()
	real := realtest.Need(t, "uwsgi")
	dir := project(t, map[string]string{"files/a.css": "body {}\n"})
	realPorts := [2]int{realtest.FreePort(t), realtest.FreePort(t)}
	ini := filepath.Join(dir, "real.ini")
	write(t, ini, fmt.Sprintf(likeIni, "", dir, dir, realPorts[0], realPorts[1]))
	var realLog lockedBuffer
	cmd := exec.Command(real, "--ini", ini)
	cmd.Stdout, cmd.Stderr = &realLog, &realLog
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		_ = cmd.Wait()
	})
	waitFor(t, func() bool { return strings.Contains(realLog.String(), "spawned uWSGI worker 1") })

	ports := [2]int{realtest.FreePort(t), realtest.FreePort(t)}
	_, log := start(t, fmt.Sprintf(likeIni, "", dir, dir, ports[0], ports[1]), Options{Python: "/usr/bin/python3"})

	for _, c := range cases {
		if c.raw != "" {
			compare(t, c.name, send(t, realPorts[0], []byte(c.raw)), send(t, ports[0], []byte(c.raw)))
			continue
		}
		if c.text != "" {
			compare(t, c.name, send(t, realPorts[1], []byte(c.text)), send(t, ports[1], []byte(c.text)))
			continue
		}
		method := c.method
		if method == "" {
			method = "GET"
		}
		packet := request(t, method, c.uri, c.headers, c.body)
		compare(t, c.name+", uwsgi", send(t, realPorts[0], packet), send(t, ports[0], packet))
		text := httpText(method, c.uri, c.headers, c.body)
		compare(t, c.name+", http", send(t, realPorts[1], text), send(t, ports[1], text))
	}
	// A request's line is written after its connection is closed.
	waitFor(t, func() bool {
		return strings.Contains(log.String(), lastLine) && strings.Contains(realLog.String(), lastLine)
	})
	if diff := cmp.Diff(essence(realLog.String()), essence(log.String())); diff != "" {
		t.Errorf("the log (-uWSGI +embedded):\n%s", diff)
	}
}

func compare(t *testing.T, name, want, got string) {
	t.Helper()
	port := regexp.MustCompile(`SERVER_PORT='\d+'|HTTP_HOST='[^']*'`)
	if diff := cmp.Diff(port.ReplaceAllString(want, ""), port.ReplaceAllString(got, "")); diff != "" {
		t.Errorf("%s (-uWSGI +embedded):\n%s", name, diff)
	}
}

var (
	numbers   = regexp.MustCompile(`pid: \d+|\[\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}\]|in \d+ msecs|0x[0-9a-f]+|/\d+\]`)
	tracePath = regexp.MustCompile(`File "[^"]*?([^/"]+)"`)
)

// essence returns the lines of a log that requests make, without what differs
// from run to run.
func essence(log string) []string {
	_, log, _ = strings.Cut(log, "spawned uWSGI worker 1")
	var lines []string
	for line := range strings.Lines(log) {
		line = numbers.ReplaceAllString(strings.TrimRight(line, "\n"), "#")
		line = tracePath.ReplaceAllString(line, `File "$1"`)
		switch {
		case strings.HasPrefix(line, "[pid") || strings.HasPrefix(line, "[#"), strings.Contains(line, "skip"), strings.Contains(line, "Error"),
			strings.HasPrefix(line, "--"), strings.HasPrefix(line, "closed"), strings.HasPrefix(line, "[ERROR]"), strings.HasPrefix(line, "[uwsgi-"):
			lines = append(lines, line)
		}
	}
	return lines
}

// request makes a packet as nginx does.
func request(t *testing.T, method, uri string, headers []wire.Var, body string) []byte {
	t.Helper()
	path, query, _ := strings.Cut(uri, "?")
	vars := []wire.Var{
		{Key: "QUERY_STRING", Value: query}, {Key: "REQUEST_METHOD", Value: method}, {Key: "CONTENT_TYPE", Value: ""},
		{Key: "CONTENT_LENGTH", Value: ""}, {Key: "REQUEST_URI", Value: uri}, {Key: "PATH_INFO", Value: path},
		{Key: "SERVER_PROTOCOL", Value: "HTTP/1.1"}, {Key: "REMOTE_ADDR", Value: "127.0.0.1"}, {Key: "SERVER_NAME", Value: "x"}, {Key: "SERVER_PORT", Value: "80"},
	}
	if body != "" {
		vars[3].Value = fmt.Sprint(len(body))
	}
	packet, err := wire.AppendRequest(nil, append(vars, headers...))
	if err != nil {
		t.Fatal(err)
	}
	return append(packet, body...)
}

func httpText(method, uri string, headers []wire.Var, body string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: x\r\n", method, uri)
	for _, h := range headers {
		fmt.Fprintf(&b, "%s: %s\r\n", strings.ReplaceAll(strings.TrimPrefix(h.Key, "HTTP_"), "_", "-"), h.Value)
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	fmt.Fprintf(&b, "\r\n%s", body)
	return b.Bytes()
}

// send sends bytes to a port and returns all that comes back. A reset counts as
// an end: when it comes depends on what the kernel had delivered.
func send(t *testing.T, port int, data []byte) string {
	t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
	_, _ = conn.Write(data)
	got, err := io.ReadAll(conn)
	if err != nil && os.IsTimeout(err) {
		t.Fatalf("no answer: %v", err)
	}
	return string(got)
}
