package appserver

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/uwsgi/wire"
)

var (
	dice      = flag.Uint64("dice", 1, "seed of the first configuration that is made by chance")
	diceCount = flag.Uint64("dice.count", 6, "how many configurations are made by chance")
)

// TestLikeUwsgiByChance gives uWSGI and the embedded server configurations and
// requests that are made by chance.
func TestLikeUwsgiByChance(t *testing.T) {
	t.Parallel()
	real := realtest.Need(t, "uwsgi")
	for seed := *dice; seed < *dice+*diceCount; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			g := chance{rand.New(rand.NewPCG(seed, 0))}
			dir := project(t, map[string]string{"files/a.css": "body {}\n", "files/sub/index.html": "index\n", "files/sub/b.txt": strings.Repeat("b", 9000), "other/a.css": "other\n"})
			options := g.options(dir)
			realPorts, ports := [2]int{realtest.FreePort(t), realtest.FreePort(t)}, [2]int{realtest.FreePort(t), realtest.FreePort(t)}
			with := func(ports [2]int) string {
				return fmt.Sprintf("%ssocket = 127.0.0.1:%d\nhttp-socket = 127.0.0.1:%d\n", options, ports[0], ports[1])
			}
			path := filepath.Join(dir, "real.ini")
			write(t, path, with(realPorts))
			var realLog lockedBuffer
			cmd := exec.Command(real, "--ini", path)
			cmd.Stdout, cmd.Stderr = &realLog, &realLog
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				_ = cmd.Process.Signal(syscall.SIGINT)
				_ = cmd.Wait()
				if t.Failed() {
					t.Logf("%s\n%s", options, realLog.String())
				}
			})
			waitFor(t, func() bool { return strings.Contains(realLog.String(), "spawned uWSGI worker 1") })
			_, log := start(t, with(ports), Options{Python: "/usr/bin/python3"})
			for range 40 {
				data, over := g.request(t)
				compare(t, fmt.Sprintf("%.600q", data), send(t, realPorts[over], data), send(t, ports[over], data))
			}
			last := []byte("GET /last HTTP/1.0\r\n\r\n")
			compare(t, "the last", send(t, realPorts[1], last), send(t, ports[1], last))
			// A line is written after its answer.
			var diff string
			for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				if diff = cmp.Diff(essence(realLog.String()), essence(log.String())); diff == "" || time.Now().After(deadline) {
					break
				}
			}
			if diff != "" {
				t.Errorf("the log (-uWSGI +embedded):\n%s", diff)
			}
		})
	}
}

// chance makes configurations and requests.
type chance struct{ *rand.Rand }

func (g chance) one(of ...string) string { return of[g.IntN(len(of))] }

// some returns up to n of several, each once.
func (g chance) some(n int, of ...string) []string {
	var out []string
	for _, i := range g.Perm(len(of))[:g.IntN(min(n, len(of))+1)] {
		out = append(out, of[i])
	}
	return out
}

func (g chance) options(dir string) string {
	lines := []string{"[uwsgi]", "plugins = python3", "master = true", "processes = 1", "chdir = " + dir}
	lines = append(lines, strings.Split(g.one("wsgi-file = app.py", "module = app", "module = app:application", "file = app.py\ncallable = application", "mount = /sub=app.py", "wsgi-file = app.py\nmount = /sub=app.py\nmount = /sub/deep=app.py"), "\n")...)
	lines = append(lines, g.some(5, "manage-script-name = true", "no-default-app = true", "static-map = /static="+dir+"/files", "static-map = /static="+dir+"/other", "static-map = /s="+dir+"/files/", "check-static = "+dir+"/files",
		"post-buffering = "+g.one("1", "16", "4096"), "limit-post = "+g.one("4", "30", "20000"), "buffer-size = "+g.one("1024", "8192", "65535"), "max-vars = "+g.one("14", "30"), "log-4xx = true", "log-5xx = true", "disable-logging = true", "env = A=b", "enable-threads = true")...)
	return strings.Join(lines, "\n") + "\n"
}

var chancePaths = []string{
	"/", "/environ", "/environ", "/environ?a=1&b=%20", "/read", "/lines", "/write", "/file", "/boom", "/late", "/nothing", "/text", "/headless", "/sub", "/sub/", "/sub/environ", "/sub/deep/environ", "/subway", "/sub/deep", "/valid",
	"/static/a.css", "/static/none", "/static/", "/static", "/static/sub/", "/static/sub", "/static/sub/b.txt", "/static/../app.py", "/static/%2e%2e/app.py", "/s/a.css", "/sub/b.txt", "/a.css", "/environ/..", "//environ", "/env%69ron", "/%00", "/a%2fb", "/é", "/environ?", "/environ?a?b", "/environ#x", "/environ;v=1", "/a b", "*", "environ", "http://y/environ?z", "",
}

// request makes a request, and tells which of the two sockets it is for.
func (g chance) request(t *testing.T) (data []byte, over int) {
	t.Helper()
	method, uri := g.one("GET", "GET", "GET", "POST", "HEAD", "PUT", "OPTIONS", "get", "X"), chancePaths[g.IntN(len(chancePaths))]
	body := g.one("", "", "", "hello", "one\ntwo\n", strings.Repeat("line of a body\n", 40))
	if g.IntN(2) == 0 {
		return g.overHTTP(method, uri, body), 1
	}
	path, query, _ := strings.Cut(uri, "?")
	vars := []wire.Var{
		{Key: "QUERY_STRING", Value: query}, {Key: "REQUEST_METHOD", Value: method}, {Key: "CONTENT_TYPE", Value: ""}, {Key: "CONTENT_LENGTH", Value: fmt.Sprint(len(body))}, {Key: "REQUEST_URI", Value: uri}, {Key: "PATH_INFO", Value: path},
		{Key: "SERVER_PROTOCOL", Value: "HTTP/1.1"}, {Key: "REMOTE_ADDR", Value: "127.0.0.1"}, {Key: "SERVER_NAME", Value: "x"}, {Key: "SERVER_PORT", Value: "80"},
	}
	if body == "" && g.IntN(2) == 0 {
		vars[3].Value = ""
	}
	if g.IntN(4) == 0 {
		i := g.IntN(len(vars))
		vars = slices.Delete(vars, i, i+1) // perhaps one that matters
	}
	for _, extra := range g.some(3, "SCRIPT_NAME=/sub", "SCRIPT_NAME=", "HTTPS=on", "UWSGI_SCHEME=https", "HTTP_X_ONE=1", "HTTP_X_ONE=2", "HTTP_COOKIE=a=b; c=d", "HTTP_IF_MODIFIED_SINCE=Fri, 02 Jan 2099 03:04:05 GMT", "HTTP_RANGE=bytes=0-3", "DOCUMENT_ROOT=/tmp", "HTTP_X="+strings.Repeat("x", 1100), "HTTP_X_FORWARDED_PROTO=https", "HTTP_X_FORWARDED_SSL=on", "HTTP_HOST=y:1", "REMOTE_USER=me", "UWSGI_APPID=/sub", "HTTP_ACCEPT=") {
		name, v, _ := strings.Cut(extra, "=")
		vars = append(vars, wire.Var{Key: name, Value: v})
	}
	packet, err := wire.AppendRequest(nil, vars)
	if err != nil {
		t.Fatal(err)
	}
	return append(packet, body...), 0
}

func (g chance) overHTTP(method, uri, body string) []byte {
	var b strings.Builder
	const end = "\r\n"
	fmt.Fprintf(&b, "%s %s%s%s", method, uri, g.one(" HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.0", " HTTP/2.7"), end)
	for _, h := range g.some(4, "Host: x", "Host: x:80", "host: y", "X-One: 1", "X-One: 2", "x_under: 1", "X-Empty:", "X-Tight:v", "X-Spaces:   v  ", "Cookie: a=b", "Content-Type: text/plain", "Range: bytes=0-3", "If-Modified-Since: Fri, 02 Jan 2099 03:04:05 GMT", "X-Long: "+strings.Repeat("x", 1100), "X-Forwarded-Proto: https", "X-Forwarded-SSL: on", "x-forwarded-ssl: 1", "Connection: keep-alive", "Expect: 100-continue", "X-Bad", "X Y: z", "Authorization: Basic YTpi") {
		b.WriteString(h + end)
	}
	if body != "" || g.IntN(5) == 0 {
		fmt.Fprintf(&b, "%s: %d%s", g.one("Content-Length", "content-length"), len(body), end)
	}
	b.WriteString(end + body)
	return []byte(b.String())
}
