package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/internal/realtest"
)

// streamOf starts a configuration of stream, whose module is a package of its own.
const streamOf = "load_module /usr/lib/nginx/modules/ngx_stream_module.so; events { } stream { "

// startCases are short configurations: the content of http, or all of it where
// it starts with a block of its own. want is the rule that refuses it, "" where
// nginx starts.
var startCases = []struct{ conf, want string }{
	// locations
	{"server { location = /a { } location /a { } location ^~ /a { } }", "nginx-duplicate-location"},
	{"server { location = /a { } location /a { } location = /a { } }", "nginx-duplicate-location"},
	{"server { location ~ a { } location ~ a { } location @b { } location @b { } }", ""},
	{"server { location /a { } } server { location /a { } }", ""},
	{"server { location /a { location /a/b { } } location /b { location /a/b { } } }", "nginx-wrong-context"},
	{"server { location = /c { location /c/d { } } }", "nginx-wrong-context"},
	{"server { location ~ x { location /y { } } }", "nginx-wrong-context"},
	{"server { location /z { location ~ q { } location = /zz { } } }", ""},
	{"server { location /z { location @n { } } }", "nginx-wrong-context"},
	{"server { location @n { location /a { } } }", "nginx-wrong-context"},
	{"server { location ? /a { } }", "nginx-bad-value"},
	{"server { location ~*^/a(b { } }", "nginx-bad-value"},
	// listen
	{"server { listen 18000-18005; listen 18003; }", "nginx-duplicate-listen"},
	{"server { listen 18000; } server { listen *:18000 reuseport; } server { listen 0.0.0.0:18000 backlog=5; }", "nginx-duplicate-listen"},
	{"server { listen 18000 default_server; } server { listen 18000 default; }", "nginx-duplicate-listen"},
	{"server { listen 18000; listen [::1]:18000; listen unix:@DIR@/a.sock; } server { listen 18000 default_server; }", ""},
	{"server { listen [::1]:18000; listen [0:0::1]:18000; }", "nginx-duplicate-listen"},
	{"server { listen 18000 so_keepalive=30m::10; }", ""},
	{"server { listen 18000 so_keepalive=::; }", "nginx-bad-value"},
	{"server { listen 18000 backlog=0; }", "nginx-bad-value"},
	{"server { listen 18000 ipv6only=yes; }", "nginx-bad-value"},
	{"server { listen 18000 quic; ssl_reject_handshake on; }", "nginx-version"},
	{"server { listen ssl; }", "nginx-bad-value"},
	{"charset_map koi8-r utf-8 { C0 D18E; }", ""},
	{"charset_map koi8-r windows-1251 { C0 D18E; }", "nginx-bad-value"},
	{"server { listen 1.2.3.4:; }", "nginx-bad-value"},
	// names
	{"upstream a { server 127.0.0.1:1; } upstream A { server 127.0.0.1:1; }", "nginx-duplicate-upstream"},
	{"upstream a { server 127.0.0.1:1; } server { location / { proxy_pass http://a:80; } }", "nginx-incompatible"},
	{"server { location / { uwsgi_pass a; } } upstream a { server 127.0.0.1:1; }", ""},
	{"server { location / { uwsgi_pass a; } }", "nginx-undefined"},
	{"server { location / { grpc_pass grpc://a; } }", "nginx-undefined"},
	{"server { location / { fastcgi_pass http://a; } }", "nginx-bad-value"},
	{"server { location / { uwsgi_pass 127.0.0.1:3031/x; } }", "nginx-bad-value"},
	{"limit_req_zone $host zone=a:1m rate=1r/s; limit_conn_zone $host zone=a:1m;", "nginx-duplicate-upstream"},
	{"limit_req_zone $host zone=a:1m rate=1r/s; server { limit_conn a 1; }", "nginx-undefined"},
	{"limit_req_zone $host zone=a:1m rate=1r/s; server { limit_req zone=a; limit_req zone=a burst=4; }", "nginx-duplicate-directive"},
	{"limit_req_zone $host zone=a:16k rate=1r/s;", "nginx-bad-value"},
	{"proxy_cache_path @DIR@/cache keys_zone=a:1m; uwsgi_cache_path @DIR@/cache keys_zone=b:1m;", "nginx-duplicate-upstream"},
	{"proxy_cache_path @DIR@/cache keys_zone=a:1m; server { location / { uwsgi_cache a; } }", "nginx-undefined"},
	{"proxy_cache_path @DIR@/cache keys_zone=a:1m; proxy_cache_path @DIR@/tmp keys_zone=a:1m;", "nginx-duplicate-upstream"},
	{"proxy_cache_path @DIR@/cache inactive=1h;", "nginx-bad-value"},
	{"proxy_cache_path @DIR@/cache keys_zone=a:1m levels=1:3;", "nginx-bad-value"},
	{"ssl_session_cache shared:a:1m; server { ssl_session_cache shared:a:2m; }", "nginx-duplicate-upstream"},
	{"log_format a b; log_format a c;", "nginx-duplicate-upstream"},
	{"log_format combined b;", "nginx-duplicate-upstream"},
	{"access_log @DIR@/a.log a; log_format a b;", "nginx-undefined"},
	{"server { access_log @DIR@/a.log combined buffer=4k; } server { access_log @DIR@/a.log combined buffer=8k; }", "nginx-incompatible"},
	{"server { access_log @DIR@/a.log combined buffer=4k; } server { access_log @DIR@/a.log; }", ""},
	{"access_log @DIR@/a.log combined flush=1s;", "nginx-bad-value"},
	{"access_log syslog:server=127.0.0.1,tag=a-b;", "nginx-bad-value"},
	{"access_log syslog:server=127.0.0.1,facility=local7,tag=shop;", ""},
	{"aio threads=nope;", "nginx-undefined"},
	{"charset utf-8; source_charset koi8-r; server { }", "nginx-undefined"},
	// variables
	{"server { return 200 $args_x; }", "nginx-undefined"},
	{"server { set $host x; }", "nginx-bad-value"},
	{"map $host $uri { default 1; }", "nginx-bad-value"},
	{"map $a $b { default 1; }", "nginx-undefined"},
	{"server { if ($x ~ \"(?<x>a)\") { } }", ""},
	{"server { return 200 $; }", "nginx-bad-value"},
	{"server { return 200 \"${host\"; }", "nginx-syntax"},
	{"server { location / { set $a 1; } } map $host $a { default 1; }", ""},
	{"map $host $a { default 1; default 2; }", "nginx-bad-value"},
	{"map $host $a { hostnames; a.*.b 1; }", "nginx-bad-value"},
	{"map $host $a { a 1; A 2; }", "nginx-bad-value"},
	{"map $host $a { a 1; ~a 2; \\A 3; }", "nginx-bad-value"},
	{"geo $a { 10.0.0.0/33 1; }", "nginx-bad-value"},
	{"geo $a { default 0; default 1; ranges; }", "nginx-bad-value"},
	{"split_clients $host $a { 60% a; 50% b; }", "nginx-bad-value"},
	{"split_clients $host $a { 60% a; * b; }", ""},
	// certificates
	{"server { listen 18000 ssl; } server { listen 18000; ssl_certificate cert.pem; ssl_certificate_key key.pem; }", "nginx-tls-no-certificate"},
	{"ssl_certificate cert.pem; ssl_certificate_key key.pem; server { listen 18000 ssl; }", ""},
	{"ssl_certificate cert.pem; server { listen 18000; }", "nginx-tls-no-certificate"},
	{"server { listen 18000 ssl; ssl_reject_handshake on; } server { listen 18000 ssl; server_name x; }", "nginx-tls-no-certificate"},
	{"server { listen 18000 ssl; ssl_reject_handshake on; }", ""},
	{"ssl_certificate no.pem; ssl_certificate_key key.pem; server { listen 18000 ssl; }", "nginx-missing-file"},
	{"ssl_certificate cert.pem; ssl_certificate_key key.pem; server { listen 18000 ssl; ssl_verify_client on; }", "nginx-incompatible"},
	{"access_log @DIR@/no/a.log;", "nginx-missing-file"},
	// together
	{"server { location / { root /a; alias /b; } }", "nginx-incompatible"},
	{"server { root /a; location ~ x { alias /x/; } }", ""},
	{"server { location @b { alias /x; } }", "nginx-incompatible"},
	{"server { location / { if ($uri) { proxy_pass http://127.0.0.1/; } } }", "nginx-incompatible"},
	{"server { location / { if ($uri) { proxy_pass http://127.0.0.1; } } }", ""},
	{"server { location / { limit_except GET { proxy_pass http://127.0.0.1/x; } } }", "nginx-incompatible"},
	{"server { location ~ x { proxy_pass http://unix:/x:/y; } }", "nginx-incompatible"},
	{"server { location ~ x { proxy_pass http://127.0.0.1$uri; } }", ""},
	{"server { location / { proxy_redirect default; proxy_pass http://127.0.0.1/; } }", "nginx-incompatible"},
	{"upstream a { hash $host; server 127.0.0.1:1 backup; server 127.0.0.1:2; }", "nginx-incompatible"},
	{"upstream a { server 127.0.0.1:1 backup; hash $host; server 127.0.0.1:2; }", ""},
	{"upstream a { server 127.0.0.1:1 backup; }", "nginx-incompatible"},
	{"upstream a { }", "nginx-incompatible"},
	{"proxy_buffers 2 8k; server { }", "nginx-incompatible"},
	{"proxy_buffers 3 8k; server { }", ""},
	{"proxy_buffers 1 8k; server { }", "nginx-incompatible"},
	{"uwsgi_buffer_size 64k; server { }", "nginx-incompatible"},
	{"uwsgi_buffer_size 64k; server { location / { uwsgi_buffers 16 16k; } }", "nginx-incompatible"},
	{"server { uwsgi_buffer_size 64k; uwsgi_buffers 16 16k; location / { } }", ""},
	{"fastcgi_max_temp_file_size 1k; server { }", "nginx-incompatible"},
	{"connection_pool_size 16k; server { }", "nginx-incompatible"},
	{"server { location / { proxy_store on; proxy_cache off; } }", ""},
	// values
	{"server { error_page 499 /x; }", "nginx-bad-value"},
	{"server { error_page 404 =abc /x; }", "nginx-bad-value"},
	{"server { error_page 404 = @x; }", ""},
	{"server { try_files $uri =1000; }", "nginx-bad-value"},
	{"server { location / { return 301; return http://x; return $scheme://x; } }", ""},
	{"server { return x; }", "nginx-bad-value"},
	{"server { rewrite ^ /x again; }", "nginx-bad-value"},
	{"server { if ($host == a) { } }", "nginx-bad-value"},
	{"server { if ( $host = a ) { } if (!-e $uri) { } if ($host) { } if ($host = ) { } }", "nginx-bad-value"},
	{"server { if ($host = \"\") { } }", ""},
	{"server { expires 25h; location / { expires @25h; } }", "nginx-bad-value"},
	{"server { expires modified +1h; }", ""},
	{"server { server_name a.*.b; } server { }", "nginx-bad-value"},
	{"server { valid_referers a.example A.example; }", "nginx-bad-value"},
	{"keepalive_timeout 1m 1ms;", "nginx-bad-value"},
	{"request_pool_size 100;", "nginx-bad-value"},
	{"connection_pool_size 120;", "nginx-bad-value"},
	{"map $host $a { *.a.b 1; hostnames; *.a.b 2; }", ""},
	{"gzip_comp_level 10;", "nginx-bad-value"},
	{"proxy_ignore_headers Expire;", "nginx-wrong-arguments"},
	{"resolver 127.0.0.1 valid=x;", "nginx-bad-value"},
	{"resolver 127.0.0.1 ipv4=off;", "nginx-version"},
	{"open_file_cache inactive=10s;", "nginx-bad-value"},
	{"dav_access user:rwx;", "nginx-bad-value"},
	{"dav_access all:rw;", ""},
	{"server { internal; }", "nginx-wrong-context"},
	// the whole
	{"http { }", "nginx-missing-events"},
	{"events { } events { } http { }", "nginx-duplicate-directive"},
	{"events { use select2; }", "nginx-bad-value"},
	{"worker_priority x; events { }", "nginx-bad-value"},
	{"worker_cpu_affinity 012; events { }", "nginx-bad-value"},
	{"error_log @DIR@/e.log warn error; events { }", "nginx-bad-value"},
	{"error_log @DIR@/e.log debug_http debug_event; events { }", ""},
	{"user nosuchuser; events { }", "nginx-user-group"},
	{"thread_pool a; events { }", "nginx-wrong-arguments"},
	{"events { } stream { server { listen 18000; return x; } }", "nginx-unknown-directive"},
	{"events { } load_module /usr/lib/nginx/modules/ngx_stream_module.so;", "nginx-incompatible"},
	{"server { location / { uwsgi_pass 127.o.0.1:3031; } }", "nginx-undefined"},
	{"server { listen 127.0.0.l:18000; } server { listen 12o.0.0.1:18000; }", "nginx-bad-value"},
	{"events { } http { geo { } }", "nginx-wrong-arguments"},
	// stream
	{streamOf + "server { listen 18000; return x; } }", ""},
	{streamOf + "server { return x; } }", "nginx-incompatible"},
	{streamOf + "server { listen 18000; } }", "nginx-incompatible"},
	{streamOf + "server { listen 18000; proxy_pass a; } }", "nginx-undefined"},
	{streamOf + "server { listen 18000; proxy_pass a; } upstream a { server 127.0.0.1:1; } }", ""},
	{streamOf + "upstream a { server 127.0.0.1; } }", "nginx-undefined"},
	{streamOf + "server { listen 18000; return x; } server { listen 18000; return y; } }", "nginx-duplicate-listen"},
	{streamOf + "server { listen 18000; return x; } server { listen 18000 udp; return y; } }", ""},
	{streamOf + "server { listen 18000 udp ssl; return x; ssl_certificate cert.pem; ssl_certificate_key key.pem; } }", "nginx-incompatible"},
	{streamOf + "server { listen 18000 ssl; return x; } }", "nginx-tls-no-certificate"},
	{streamOf + "server { listen 18000; set $uri x; return $uri; } }", ""},
	{streamOf + "server { listen 18000; return $nothing; } }", "nginx-undefined"},
	{streamOf + "limit_conn_zone $remote_addr zone=a:1m; server { listen 18000; limit_conn b 1; return x; } }", "nginx-undefined"},
	{"server { location / { image_filter test; } }", "nginx-unknown-directive"},
	{"events { } http { http2 on; }", "nginx-version"},
}

// TestStartCasesConfirm asks nginx and the rules about each case.
func TestStartCasesConfirm(t *testing.T) {
	t.Parallel()
	nginx := realtest.Need(t, "nginx")
	box := realtest.NginxBox(t)
	for i, c := range startCases {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat("/usr/lib/nginx/modules/ngx_stream_module.so"); err != nil && strings.HasPrefix(c.conf, streamOf) && os.Getenv(realtest.Require) != "1" {
				t.Skip("the module for stream is not installed")
			}
			src := strings.ReplaceAll(c.conf, "@DIR@", box)
			if !strings.Contains(src, "events {") && !strings.HasPrefix(src, "http {") {
				src = "events { }\nhttp {\n" + src + "\n}\n"
			}
			name := fmt.Sprintf("case%d.conf", i)
			refused, out := asksNginx(t, nginx, box, name, src)
			if refused != (c.want != "") {
				t.Errorf("%s\nnginx: %s, want %q", c.conf, out, c.want)
			}
			found := errorsOf(t, filepath.Join(box, name), src)
			if (found == "") != (c.want == "") || !strings.Contains(found, c.want) {
				t.Errorf("%s\nfound %q, want %q\nnginx: %s", c.conf, found, c.want, out)
			}
		})
	}
}
