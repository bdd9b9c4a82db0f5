package site

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/internal/bigconf"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/nginx"
)

// matchConfigs answer every request with the name of the location, in
// angle brackets, and the path that nginx made of the URI. PORT1 and PORT2 are
// replaced.
var matchConfigs = []string{
	`server { listen 127.0.0.1:PORT1; server_name a.example;
		location / { return 200 "<root>$uri"; }
		location = / { return 200 "<exact root>$uri"; }
		location /a { return 200 "<a>$uri"; }
		location /a/ { return 200 "<a slash>$uri"; }
		location ^~ /a/static/ { return 200 "<static>$uri"; }
		location = /a/x { return 200 "<exact>$uri"; }
		location ~ \.php$ { return 200 "<php>$uri"; }
		location ~* \.(gif|PNG)$ { return 200 "<image>$uri"; }
		location ~ ^/a/(?!b) { return 200 "<lookahead>$uri"; }
		location /nested/ { return 200 "<nested outer>$uri";
			location /nested/in/ { return 200 "<nested in>$uri"; }
			location = /nested/e { return 200 "<nested exact>$uri"; }
			location ~ \.txt$ { return 200 "<nested txt>$uri"; }
			location ^~ /nested/no/ { return 200 "<nested no>$uri"; }
		}
		location ~ ^/rx/ { return 200 "<rx>$uri";
			location ~ \.js$ { return 200 "<rx js>$uri"; }
		}
		location /app/ { uwsgi_pass 127.0.0.1:1; }
		location /proxy/ { proxy_pass http://127.0.0.1:1; location /proxy/deep/ { proxy_pass http://127.0.0.1:1; } }
		location = /proxy2 { return 200 "<proxy2>$uri"; }
		location /proxy2/ { proxy_pass http://127.0.0.1:1; }
		location "/with space/" { return 200 "<space>$uri"; }
	}`,
	`server { listen 127.0.0.1:PORT1; server_name a.example; location / { return 200 "<a>$uri"; } }
	server { listen 127.0.0.1:PORT1; server_name *.example; location / { return 200 "<star>$uri"; } }
	server { listen 127.0.0.1:PORT1; server_name *.b.example; location / { return 200 "<star b>$uri"; } }
	server { listen 127.0.0.1:PORT1; server_name www.*; location / { return 200 "<www star>$uri"; } }
	server { listen 127.0.0.1:PORT1; server_name ~^(?<n>\d+)\.test$; location / { return 200 "<digits>$uri"; } }
	server { listen 127.0.0.1:PORT1; server_name ~test$; location / { return 200 "<test>$uri"; } }
	server { listen 127.0.0.1:PORT1 default_server; server_name .dot.org; location / { return 200 "<dot>$uri"; } }
	server { listen 127.0.0.1:PORT1; server_name ""; location / { return 200 "<none>$uri"; } }
	server { listen 127.0.0.1:PORT2; server_name p2; location / { return 200 "<port 2>$uri"; } }
	server { listen 127.0.0.1:PORT2; server_name a.example; location / { return 200 "<port 2 a>$uri"; } }`,
	`server { listen 127.0.0.1:PORT1; merge_slashes off;
		location / { return 200 "<root>$uri"; }
		location //x { return 200 "<double>$uri"; }
		location /x/ { return 200 "<x>$uri"; }
		location ~ /y$ { return 200 "<y>$uri"; }
	}`,
}

var (
	matchHosts = []string{"a.example", "A.EXAMPLE:80", "a.example.", "b.example", "x.b.example", "www.foo", "www.b.example", "12.test", "atest", "dot.org", "x.dot.org", "other", "p2"}
	matchURIs  = []string{
		"/", "/?q", "/a", "/ab", "/a/", "/a/b", "/a/x", "/a/x?y=/z", "/a/static/x.php", "/a/static", "/x.php", "/a/b.php", "/A.GIF", "/a/b.png", "/nested/", "/nested",
		"/nested/in/x", "/nested/e", "/nested/a.txt", "/nested/in/a.txt", "/nested/no/a.txt", "/nested/no/a.php", "/nested/a.php", "/rx/a", "/rx/a.js", "/rx/a.php",
		"/app", "/app?x=1", "/proxy", "/proxy/deep", "/proxy2", "/with%20space/x", "/%61/x", "/a//x", "//a/x", "/./a/./x", "/a/../a/x", "/a/..", "/a/.", "/..", "/../x",
		"/a/%2e%2e/x", "/%2e%2e/", "/a%2Fx", "/a%00b", "/a%zz", "/a%3Fx", "/a%23b", "/a%25b", "/a/x/", "/x//y", "//x", "/x/", "/x//", "///", "/a/...", "/.a", "/a.", "/%C3%A9",
		"/a/b/../../nested/e", "/a/x#frag", "/nested//in/", "/x/..//y", "http://a.example/a/x", "http://a.example", "/a/b/..//../x",
	}
)

// TestMatchConfirm sends every URI and host to the real nginx and compares.
func TestMatchConfirm(t *testing.T) {
	t.Parallel()
	for i, conf := range matchConfigs {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			ports := []int{realtest.FreePort(t), realtest.FreePort(t)}
			conf := strings.NewReplacer("PORT1", strconv.Itoa(ports[0]), "PORT2", strconv.Itoa(ports[1])).Replace(conf)
			src := "events {}\nhttp {\n" + conf + "\n}\n"
			if !strings.Contains(src, strconv.Itoa(ports[1])) {
				ports = ports[:1]
			}
			realtest.Nginx(t, src, ports...)
			c := load(src)
			hosts := []string{"a.example"}
			uris := matchURIs
			if i == 1 {
				hosts, uris = matchHosts, matchURIs[:3]
			}
			for _, port := range ports {
				for _, host := range hosts {
					for _, uri := range uris {
						answer := realtest.RawRequest(t, port, "GET "+uri+" HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
						got := describe(c.Match(Request{Addr: fmt.Sprintf("127.0.0.1:%d", port), Host: host, URI: uri}))
						if want := summary(answer); got != want {
							t.Errorf("port %d, %s %s: %s, and nginx %s", port, host, uri, got, want)
						}
					}
				}
			}
		})
	}
}

// describe says what a result answers, in the words of summary.
func describe(r Result) string {
	switch {
	case r.BadRequest:
		return "400"
	case r.Redirect != "":
		return "301 " + r.Redirect
	case r.Location == nil:
		return "404"
	}
	if ret := r.Location.Here("return"); len(ret) > 0 {
		return "200 " + strings.ReplaceAll(ret[0].Arg(1), "$uri", r.Path)
	}
	return "502"
}

// summary says what nginx answered.
func summary(answer string) string {
	head, body, _ := strings.Cut(answer, "\n\n")
	status := ""
	if f := strings.Fields(head); len(f) > 1 {
		status = f[1]
	}
	switch status {
	case "200":
		return "200 " + body
	case "301":
		for line := range strings.Lines(head) {
			if to, ok := strings.CutPrefix(line, "Location: "); ok {
				// Without absolute_redirect off the host and port stand before the path.
				_, path, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(to), "http://"), "/")
				return "301 /" + path
			}
		}
	}
	return status
}

func TestMatchAddresses(t *testing.T) {
	t.Parallel()
	c := load(`http {
		server { listen 80; server_name any; }
		server { listen 10.0.0.1:80; server_name one; }
		server { listen unix:/run/x.sock; server_name sock; }
		server { listen [::]:443 ssl; server_name six; }
	}`)
	for _, test := range []struct {
		r    Request
		want string
	}{
		{Request{Addr: "10.0.0.1:80", Host: "any", URI: "/"}, "one"},
		{Request{Addr: "10.0.0.2:80", Host: "one", URI: "/"}, "any"},
		{Request{Host: "one", URI: "/"}, "any"},
		{Request{Addr: "unix:/run/x.sock", Host: "any", URI: "/"}, "sock"},
		{Request{TLS: true, Host: "x", URI: "/"}, "six"},
		{Request{Addr: "[::1]:443", Host: "x", URI: "/"}, "six"},
		{Request{Addr: ":81", URI: "/"}, ""},
	} {
		got := ""
		if s := c.Match(test.r).Server; s != nil {
			got = s.Names[0].Value
		}
		if got != test.want {
			t.Errorf("%+v: server %q, want %q", test.r, got, test.want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, uri := range matchURIs {
		f.Add(uri, "a.example")
	}
	c := load("http {" + strings.ReplaceAll(matchConfigs[0], "127.0.0.1:PORT1", "80") + "}")
	f.Fuzz(func(t *testing.T, uri, host string) {
		r := c.Match(Request{Host: host, URI: uri})
		if r.BadRequest {
			return
		}
		if !strings.HasPrefix(r.Path, "/") || strings.Contains(r.Path, "/../") || strings.HasSuffix(r.Path, "/..") || strings.Contains(r.Path, "//") {
			t.Errorf("%q becomes %q", uri, r.Path)
		}
		if r.Location == nil {
			t.Errorf("%q is answered by no location", uri)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	c := New(nginx.LoadText(nginx.Parse("nginx.conf", bigconf.Nginx(2000)), "", nginx.LoadOptions{}), 0)
	r := Request{Host: "www.site1234.example.com", URI: "/static/css/site.css?v=3"}
	b.ReportAllocs()
	for b.Loop() {
		if c.Match(r).Location == nil {
			b.Fatal("no location")
		}
	}
}
