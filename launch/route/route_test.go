package route_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deployctl/deployctl/launch/front"
	"github.com/deployctl/deployctl/launch/route"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

const conf = `events {}
http {
    map $http_x_kind $kind { default a; ~^b b; }
    server {
        listen 127.0.0.1:PORT;
        server_name one.example;
        root DIR/www;
        set $old /old;
        rewrite ^/moved/(.*)$ /new/$1;
        rewrite ^/away/(.*)$ https://elsewhere.example/$1 permanent;
        if ($request_method = DELETE) { return 405; }
        if ($http_user_agent ~* "badbot") { return 403; }
        location / { try_files $uri $uri/ =404; }
        location /inside/ { internal; location /inside/too { return 200 "in"; } }
        location = /slash/ { internal; proxy_pass http://127.0.0.1:1; }
        location = /added/ { proxy_pass http://127.0.0.1:1; }
        location /relative/ { absolute_redirect off; proxy_pass http://127.0.0.1:1; }
        location /spa/ { try_files $uri /spa/index.html; }
        location /named/ { try_files $uri @back; }
        location @back { return 418; }
        location /new/ { return 302 /target/$1?k=$kind; }
        location = /exact { return 204; }
        location /secret/ { internal; alias DIR/www/; }
        location /files/ { alias DIR/www/; }
        location /last/ { rewrite ^/last/(.*)$ /files/$1 last; return 500; }
        location /break/ { rewrite ^/break/(.*)$ /$1 break; }
        location ~ \.php$ { return 410; }
        location ^~ /keep/ { return 411; }
        location /deny/ { deny all; }
        location /except/ { limit_except GET { deny all; } return 414; }
        location /files-except/ { limit_except GET { allow 127.0.0.1; deny all; } rewrite ^ /deny/ last; alias DIR/www/; try_files /none =415; }
        location /outer/ { location /outer/inner/ { return 412; } return 413; }
        location /loop/ { rewrite ^ /loop/x last; }
        location /arg { if ($arg_a = 1) { return 429; } return 428; }
    }
    server {
        listen 127.0.0.1:PORT;
        server_name closed.example;
        root DIR/www;
        deny all;
        location /open { allow all; return 204; }
    }
    server {
        listen 127.0.0.1:PORT;
        server_name *.two.example;
        return 308 $scheme://one.example$request_uri;
    }
}
`

// TestLikeTheFront compares what the files tell with what the server that
// executes them answers.
func TestLikeTheFront(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"www/index.html": "home", "www/a.txt": "a", "www/spa/index.html": "spa", "www/sub/b.txt": "b", "www/x.php": "no"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, port := serve(t, dir)
	p := pair.Join([]*site.Config{c}, nil)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, q := range []struct{ method, host, uri, header string }{
		{"GET", "one.example", "/", ""}, {"GET", "one.example", "/a.txt", ""}, {"GET", "one.example", "/none", ""}, {"GET", "one.example", "/sub", ""},
		{"GET", "one.example", "/sub/", ""}, {"GET", "one.example", "/spa/deep/link", ""}, {"GET", "one.example", "/named/x", ""},
		{"GET", "one.example", "/moved/y", "X-Kind: boat"}, {"GET", "one.example", "/new/z", ""}, {"GET", "one.example", "/away/z?q=1", ""},
		{"DELETE", "one.example", "/", ""}, {"GET", "one.example", "/", "User-Agent: BadBot/1"}, {"GET", "one.example", "/exact", ""},
		{"GET", "one.example", "/secret/a.txt", ""}, {"GET", "one.example", "/files/a.txt", ""}, {"GET", "one.example", "/files/none", ""},
		{"GET", "one.example", "/last/a.txt", ""}, {"GET", "one.example", "/break/a.txt", ""}, {"GET", "one.example", "/x.php", ""},
		{"GET", "one.example", "/keep/x.php", ""}, {"GET", "one.example", "/deny/x", ""}, {"GET", "one.example", "/outer/inner/x", ""},
		{"GET", "one.example", "/outer/x", ""}, {"GET", "one.example", "/inside/too", ""}, {"GET", "one.example", "/slash", ""}, {"GET", "one.example", "/added", ""}, {"GET", "one.example", "/relative?x=1", ""},
		{"GET", "one.example", "/except/x", ""}, {"HEAD", "one.example", "/except/x", ""}, {"POST", "one.example", "/except/x", ""}, {"GET", "one.example", "/files-except/a.txt", ""},
		{"PUT", "one.example", "/files-except/none", ""}, {"POST", "one.example", "/files/a.txt", ""}, {"POST", "one.example", "/files/none", ""}, {"PUT", "one.example", "/files/a.txt", ""}, {"PUT", "one.example", "/files/", ""}, {"GET", "closed.example", "/", ""}, {"GET", "closed.example", "/open", ""}, {"GET", "one.example", "/loop/", ""}, {"GET", "one.example", "/arg?a=1", ""}, {"GET", "one.example", "/arg?a=2", ""},
		{"GET", "www.two.example", "/p?q=1", ""}, {"GET", "stranger.example", "/a.txt", ""}, {"GET", "one.example", "/%2e%2e/%2e%2e/etc/passwd", ""},
	} {
		header := http.Header{}
		if name, value, ok := strings.Cut(q.header, ": "); ok {
			header.Set(name, value)
		}
		want := route.Find(p, c, route.Request{Method: q.method, Addr: fmt.Sprintf("127.0.0.1:%d", port), Host: q.host, URI: q.uri, Header: header},
			func(path string) (string, bool) { _, err := os.Stat(path); return path, err == nil })
		r, err := http.NewRequest(q.method, fmt.Sprintf("http://127.0.0.1:%d%s", port, q.uri), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host, r.Header = q.host, header
		answer, err := client.Do(r)
		if err != nil {
			t.Errorf("%s %s%s: %v", q.method, q.host, q.uri, err)
			continue
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if want.Code != answer.StatusCode {
			t.Errorf("%s %s%s %s: the files tell %d (%s), the server answers %d", q.method, q.host, q.uri, q.header, want.Code, want.Kind, answer.StatusCode)
		}
		location := answer.Header.Get("Location")
		if want.Kind == route.Redirect && strings.Replace(location, fmt.Sprintf(":%d", port), "", 1) != want.Target {
			t.Errorf("%s %s%s: the files tell %q, the server answers %q", q.method, q.host, q.uri, want.Target, location)
		}
	}
}

func serve(t *testing.T, dir string) (*site.Config, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	text := strings.NewReplacer("PORT", fmt.Sprint(port), "DIR", dir).Replace(conf)
	c := site.New(nginx.LoadText(nginx.Parse("nginx.conf", text), "", nginx.LoadOptions{}), directive.Main)
	f, err := front.New(c, front.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := f.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return c, port
}
