package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// many repeats a format with numbers from 0.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		b.WriteByte('\n')
	}
	return b.String()
}

// TestWorkIsLinear lints files that put a long list beside another one: a rule
// that compares all of one with all of the other takes minutes. Most of these
// take a tenth of a second.
func TestWorkIsLinear(t *testing.T) {
	t.Parallel()
	const n, limit = 2000, 20 * time.Second
	server := func(text string) string {
		return "server {\nlisten 80;\nserver_name a.example;\nroot /srv;\n" + text + "}\n"
	}
	for _, c := range []struct{ name, http string }{
		{"headers and locations", many(n, "add_header X-# a;") + server(many(n, "location /l#/ { alias /srv/x#/; }"))},
		{"proxied headers and locations", many(n, "proxy_set_header X-# a;") + "upstream u { server 127.0.0.1:1; keepalive 2; }\n" + server(many(n, "location /l#/ { proxy_pass http://u; }"))},
		{"parameters and locations", many(n, "uwsgi_param X-# a;") + server(many(n, "location /l#/ { uwsgi_pass 127.0.0.1:8001; uwsgi_param X b; }"))},
		{"names and redirects", "server { listen 443 ssl; server_name b.example; }\n" + server("server_name "+many(n, "n#.example")+";\n"+many(n, "location /l#/ { return 301 http://$host/x; }"))},
		{"names and addresses", strings.Repeat("server {\n"+many(n, "listen 10.1.1.1:1#;")+"server_name "+many(n, "n#.example")+";\n}\n", 2)},
		{"refused addresses and locations", many(n, "deny 10.0.0.#;") + server(many(n, "location /l#/ { alias /srv/; stub_status; autoindex on; }"))},
		{"refused addresses and servers", many(n, "deny 10.0.0.#;") + many(n, "server { listen 80; server_name a#.example; root /srv; location /s { stub_status; } location /admin { proxy_pass http://127.0.0.1:1; } }")},
		{"one variable in all servers", many(n, "server { listen 80; server_name a#.example; set $to app#:80; if ($to = x) { return 403; } location / { proxy_pass http://$to; add_header X $to; } }")},
		{"conditions and passes", server(many(n, "if ($arg_a#) { return 403; }") + many(n, "location /l#/ { proxy_pass http://$arg_to; add_header Access-Control-Allow-Origin $http_origin; add_header Access-Control-Allow-Credentials true; }"))},
		{"expressions", server(many(n, "location ~ ^/l#(.*)$ { alias /srv/$1; return 301 /x$1; }"))},
		{"roots", server(many(n, "location /l#/ { root /srv/#; }"))},
		{"maps in a chain", many(n, "map $m# $m1# { default $uri; ~^/(?<c#>.) $c#; }") + server("return 301 http://$m1;")},
		{"entries of a map", "map $uri $m {\n" + many(n, "~^/x#/(.*)$ /y/$1;") + "}\n" + server("return 301 http://$m;")},
		{"upstreams", many(n, "upstream u# { server a#.example; server 127.0.0.1:#; }") + server(many(n, "location /l#/ { proxy_pass http://u#; }"))},
		{"nested locations", server(strings.Repeat("location / {\n", 60) + many(n, "location /l#/ { add_header A b; }") + strings.Repeat("}\n", 60))},
		{"servers with TLS", many(n, "server { listen 443 ssl; server_name a#.example; ssl_certificate a; ssl_certificate_key b; return 301 https://b$request_uri; }")},
		{"rewrites and captures", server(many(n, "rewrite ^/a#/(.*)$ /b/$1?x last;") + many(n, "set $v# $1;"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := pair.Load([]string{"nginx.conf"}, pair.Options{Overlay: map[string]string{"nginx.conf": "events {}\nhttp {\n" + c.http + "}\n"}})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			r := lint.Run(p, All(), lint.Options{Target: lint.Target{Nginx: "1.22.1"}, Config: lint.Config{Select: []string{"all"}}})
			for _, b := range r.Broken {
				t.Errorf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
			}
			if took := time.Since(start); took > limit {
				t.Errorf("%d lines take %s", strings.Count(c.http, "\n"), took)
			}
		})
	}
}
