package gen

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/project"
)

// ask is one request to a running pair and what has to come back.
type ask struct {
	name, method, url string
	port              int
	header            map[string]string
	body              int // bytes
	status            int
	has               string // part of the body or, after "header: ", of that header
}

// checks are those that every pair with the application at / answers.
func checks(host string, limit int) []ask {
	return []ask{
		{name: "application", url: "http://" + host + "/api/echo", port: 80, status: 200, has: `"method": "GET"`},
		{name: "host with its port", url: "http://" + host + ":8080/api/echo", port: 80, status: 200, has: host + ":8080"},
		{name: "forged address", url: "http://" + host + "/api/echo", port: 80, header: map[string]string{"X-Forwarded-For": "203.0.113.9"}, status: 200, has: `"127.0.0.1"`},
		{name: "body at the limit", method: "POST", url: "http://" + host + "/api/echo", port: 80, body: limit, status: 200},
		{name: "body over the limit", method: "POST", url: "http://" + host + "/api/echo", port: 80, body: limit + 1, status: 413},
	}
}

// real lists, for each description, the sample application and what is asked.
var real = map[string]struct {
	app  string
	asks []ask
}{
	"django": {"django", append(checks("shop.example", 10<<20),
		ask{name: "static", url: "http://shop.example/static/shop/site.css", port: 80, status: 200, has: "sans-serif"},
		ask{name: "static expires", url: "http://shop.example/static/shop/site.css", port: 80, status: 200, has: "header: Cache-Control: max-age=604800"},
		ask{name: "static nosniff", url: "http://shop.example/static/shop/site.css", port: 80, status: 200, has: "header: X-Content-Type-Options: nosniff"},
		ask{name: "missing static", url: "http://shop.example/static/none.css", port: 80, status: 404},
		ask{name: "dotfile", url: "http://shop.example/static/.env", port: 80, status: 404},
		ask{name: "unknown host", url: "http://other.example/", port: 80, status: 0},
		ask{name: "admin", url: "http://shop.example/admin/login/", port: 80, status: 200, has: "Log in"},
	)},
	"flask": {"flask", []ask{
		{name: "application", url: "http://notes.example/", port: 80, status: 200, has: "Notes"},
		{name: "static through the application", url: "http://notes.example/static/notes.css", port: 80, status: 200, has: "green"},
	}},
	"wsgi": {"wsgi", checks("hello.example", 10<<20)},
	"tcp":  {"wsgi", checks("hello.example", 10<<20)},
	"tls-own-modern": {"wsgi", []ask{
		{name: "https", url: "https://hello.example/", port: 443, status: 200, has: `"scheme": "https"`},
		{name: "hsts", url: "https://hello.example/", port: 443, status: 200, has: "header: Strict-Transport-Security: max-age=31536000"},
		{name: "to https", url: "http://hello.example/a?b=c", port: 80, status: 301, has: "header: Location: https://hello.example/a?b=c"},
		{name: "unknown host", url: "https://other.example/", port: 443, status: 0, has: "unrecognized name"},
	}},
	"letsencrypt": {"wsgi", []ask{
		{name: "https", url: "https://hello.example/", port: 443, status: 200, has: `"scheme": "https"`},
		{name: "challenge", url: "http://hello.example/.well-known/acme-challenge/none", port: 80, status: 404},
	}},
	"spa": {"django-spa", []ask{
		{name: "front end", url: "http://shop.example/", port: 80, status: 200, has: "<title>Shop"},
		{name: "fallback", url: "http://shop.example/cart/7", port: 80, status: 200, has: "<title>Shop"},
		{name: "no frames", url: "http://shop.example/", port: 80, status: 200, has: "header: X-Frame-Options: SAMEORIGIN"},
		{name: "asset", url: "http://shop.example/assets/app.js", port: 80, status: 200, has: "console"},
		{name: "application", url: "http://shop.example/api/echo", port: 80, status: 200, has: `"path": "/api/echo"`},
	}},
	"two-servers": {"django-spa", []ask{
		{name: "front end", url: "http://shop.example/anything", port: 80, status: 200, has: "<title>Shop"},
		{name: "application", url: "http://shop.example:8000/api/echo", port: 8000, status: 200, has: `"host": "shop.example:8000"`},
		{name: "admin", url: "http://shop.example:8000/admin/", port: 8000, status: 302, has: "header: Location: /admin/login/"},
		{name: "nothing else", url: "http://shop.example:8000/cart", port: 8000, status: 404},
	}},
	"rate": {"wsgi", []ask{
		{name: "first", url: "http://hello.example/login", port: 80, status: 200},
		{name: "second", url: "http://hello.example/login", port: 80, status: 200},
		{name: "third", url: "http://hello.example/login", port: 80, status: 200},
		{name: "fourth", url: "http://hello.example/login", port: 80, status: 200},
		{name: "above the burst", url: "http://hello.example/login", port: 80, status: 429},
		{name: "elsewhere", url: "http://hello.example/", port: 80, status: 200},
	}},
	"backends":  {"wsgi", []ask{{name: "application", url: "http://hello.example/", port: 80, status: 200, has: `"method": "GET"`}}},
	"container": {"wsgi", checks("hello.example", 10<<20)},
	"mount": {"wsgi", []ask{
		{name: "below the prefix", url: "http://hello.example/hello/x", port: 80, status: 200, has: `"script": "/hello", "path": "/x"`},
		{name: "without the slash", url: "http://hello.example/hello", port: 80, status: 301, has: "header: Location: /hello/"},
		{name: "redirect", url: "http://hello.example/", port: 80, status: 301, has: "header: Location: /hello/"},
	}},
	"media": {"django", []ask{
		{name: "application", url: "http://shop.example/api/echo", port: 80, status: 200},
		{name: "media", url: "http://shop.example/media/a.html", port: 80, status: 404, has: "header: X-Content-Type-Options: nosniff"},
		{name: "large upload", method: "POST", url: "http://shop.example/upload/", port: 80, body: 60 << 20, status: 404},
		{name: "too large elsewhere", method: "POST", url: "http://shop.example/api/echo", port: 80, body: 26 << 20, status: 413},
	}},
	"zh": {"wsgi", checks("hello.example", 10<<20)},
	"http-protocol": {"wsgi", []ask{
		{name: "application", url: "http://hello.example:8080/", port: 80, status: 200, has: `"host": "hello.example:8080"`},
		{name: "address", url: "http://hello.example/", port: 80, header: map[string]string{"X-Forwarded-For": "203.0.113.9"}, status: 200, has: `"forwarded": "127.0.0.1"`},
	}},
}

func TestRealPairs(t *testing.T) {
	t.Parallel()
	for name, c := range real {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pair := start(t, name, c.app)
			for _, a := range c.asks {
				checkAnswer(t, pair, a)
			}
		})
	}
}

// start renders a description and runs it with a sample application.
func start(t *testing.T, name, app string) *realtest.Pair {
	t.Helper()
	p, err := project.Load(filepath.Join("../testdata/descriptions", name+".ini"))
	if err != nil {
		t.Fatal(err)
	}
	rendered, err := Render(p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range rendered {
		files[f.Path] = string(f.Content)
	}
	if p.Target.Init == "container" {
		// The image's uWSGI holds Python; Debian's loads it by name.
		files["uwsgi.ini"] = strings.Replace(files["uwsgi.ini"], "[uwsgi]\n", "[uwsgi]\nplugins = python3\n", 1)
	}
	return realtest.Start(t, files, p.Root, filepath.Join("../testdata/projects", app))
}

func checkAnswer(t *testing.T, pair *realtest.Pair, a ask) {
	t.Helper()
	if a.method == "" {
		a.method = "GET"
	}
	got := pair.Ask(t, a.method, a.url, a.port, a.header, bytes.NewReader(make([]byte, a.body)))
	if got.Status != a.status && !(a.status == 0 && a.has == "" && got.Status == 0) {
		t.Errorf("%s: %s %s: status %d, want %d: %.300s", a.name, a.method, a.url, got.Status, a.status, got.Body)
		return
	}
	if name, value, ok := strings.Cut(strings.TrimPrefix(a.has, "header: "), ": "); ok && strings.HasPrefix(a.has, "header: ") {
		if !strings.Contains(got.Header.Get(name), value) {
			t.Errorf("%s: %s is %q, want %q", a.name, name, got.Header.Get(name), value)
		}
	} else if !strings.Contains(strings.ReplaceAll(got.Body, `":"`, `": "`), a.has) {
		t.Errorf("%s: the body lacks %q: %.300s", a.name, a.has, got.Body)
	}
}

// TestRealRequestHead sends a head as large as nginx lets through.
func TestRealRequestHead(t *testing.T) {
	t.Parallel()
	pair := start(t, "wsgi", "wsgi")
	// The request line fills the first of the 8 KiB buffers, each header another.
	head := func(headers int) string {
		return "GET /" + strings.Repeat("u", 8120) + " HTTP/1.1\r\nHost: hello.example\r\nConnection: close\r\n" +
			strings.Repeat("X-Large: "+strings.Repeat("x", 8170)+"\r\n", headers) + "\r\n"
	}
	if got := pair.Raw(t, 80, head(3)); got != "HTTP/1.1 200 OK" {
		t.Errorf("the largest head that nginx takes: %s", got)
	}
	host := "GET /" + strings.Repeat("u", 8120) + " HTTP/1.1\r\nConnection: close\r\nHost: " + "hello.example:" + strings.Repeat("0", 8100) + "\r\n" +
		strings.Repeat("X-Large: "+strings.Repeat("x", 8170)+"\r\n", 2) + "\r\n"
	if got := pair.Raw(t, 80, host); strings.Contains(got, " 502 ") {
		t.Errorf("the same with a large Host: %s", got)
	}
	if got := pair.Raw(t, 80, head(4)); got != "HTTP/1.1 400 Bad Request" {
		t.Errorf("a head above nginx's limit: %s", got)
	}
}

// TestRealStop asks for a slow answer and stops uWSGI meanwhile, as systemd does.
func TestRealStop(t *testing.T) {
	t.Parallel()
	for name, app := range map[string]string{"wsgi": "wsgi", "flask": "flask"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pair := start(t, name, app)
			host := map[string]string{"wsgi": "hello", "flask": "notes"}[name]
			answer := make(chan realtest.Answer)
			go func() { answer <- pair.Ask(t, "GET", "http://"+host+".example/api/slow", 80, nil, nil) }()
			time.Sleep(500 * time.Millisecond)
			pair.Terminate(t)
			if got := <-answer; got.Status != 200 {
				t.Errorf("the request in flight: status %d: %.200s", got.Status, got.Body)
			}
			if !pair.Ended(20 * time.Second) {
				t.Error("uWSGI does not end")
			}
		})
	}
}
