package nginxrule_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/lint/rules/nginxrule"
)

// find lints one file with one rule and returns line numbers and messages.
func find(t *testing.T, rule *lint.Rule, conf, nginx string) []string {
	t.Helper()
	var found []string
	for _, d := range linttest.Find(t, rule, map[string]string{"nginx.conf": conf}, lint.Options{Target: lint.Target{Nginx: nginx}}) {
		line := strings.TrimPrefix(report.Line(d), "nginx.conf:")
		found = append(found, strings.TrimSuffix(line, " ["+rule.ID+"]"))
	}
	return found
}

func in(server string) string {
	return "events {}\nhttp {\nserver {\nlisten 80;\n" + server + "}\n}\n"
}

// TestSilence keeps the rules from saying what is wrong: configurations that
// are good, and those that other linters complain of without reason.
func TestSilence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule *lint.Rule
		conf string
	}{
		{nginxrule.ServerNameConflict, "events {}\nhttp {\nserver { listen 80; server_name a; }\nserver { listen 81; server_name a; }\nserver { listen 127.0.0.1:80; server_name a; }\nserver { listen [::]:80; server_name a; }\n}\n"},
		{nginxrule.ServerNameConflict, "server { listen 80; server_name ${NAME}; }\nserver { listen 80; server_name ${NAME}; }\n"},
		{nginxrule.ServerNameConflict, "events {}\nhttp {\nserver { listen 80; server_name *.a.org; }\nserver { listen 80; server_name b.a.org; }\n}\n"},
		{nginxrule.NoDefaultServer, "events {}\nhttp {\nserver { listen 80; server_name _; }\nserver { listen 80; server_name a; }\n}\n"},
		{nginxrule.NoDefaultServer, "server { listen 80; server_name b; }\nserver { listen 80; server_name a; }\n"},
		{nginxrule.UnreachableLocation, in("location ~ \\.php$ { }\nlocation ~* \\.php$ { }\n")},
		{nginxrule.UnreachableLocation, in("location ^~ /a/ { }\nlocation /a/b/ { }\nlocation ~ ^/a/b/c { }\n")},
		{nginxrule.UnreachableLocation, in("location ~ ^/a { location ~ x { } }\nlocation /a/ { location ~ y { } }\n")},
		{nginxrule.UnreachableLocation, in("return 503;\nerror_page 503 @down;\nlocation @down { root /srv; }\n")},
		{nginxrule.UnreachableLocation, in("location ~ ^/(?!api)(a|b)$ { }\nlocation ~ ^/a$ { }\n")},
		{nginxrule.IfIsEvil, in("location / { if ($request_method = OPTIONS) { add_header A b; return 204; } if ($a) { set $b c; } if ($x) { access_log off; } }\n")},
		{nginxrule.TryFilesProxy, in("root /srv;\nlocation / { try_files $uri $uri/ /index.html; }\nlocation ~ \\.php$ { try_files $uri =404; fastcgi_pass 127.0.0.1:9000; }\nlocation /m/ { try_files /m/down.html @app; }\n")},
		{nginxrule.TryFilesProxy, in("root /srv;\nlocation / { try_files $uri $uri/index.html $uri.html /index.php?$args; }\n")},
		{nginxrule.RootInLocation, in("location /a/ { root /srv/a; }\nlocation /b/ { root /srv/b; }\n")},
		{nginxrule.RootMissing, in("location / { root /srv; }\nlocation = /x { return 204; }\nlocation /p/ { proxy_pass http://127.0.0.1:1; }\nlocation ~ /\\. { deny all; }\nlocation /s/ { alias /srv/s/; }\nlocation /i/ { include missing.conf; }\n")},
		{nginxrule.RootMissing, "server { location / { root /srv; } location /x { expires 1h; } }\n"},
		{nginxrule.HeaderInheritance, in("add_header A 1;\nlocation / { add_header a 2; add_header B 3; }\n")},
		{nginxrule.HeaderInheritance, in("add_header A 1;\nlocation / { add_header_inherit merge; add_header B 3; }\n")},
		{nginxrule.HeaderInheritance, in("add_header A 1;\nlocation / { include headers.conf; add_header B 3; }\n")},
		{nginxrule.HeaderInheritance, in("add_header A 1;\nlocation / { if ($request_method = OPTIONS) { add_header B 1; return 204; } }\n")},
		{nginxrule.HeaderInheritance, in("proxy_set_header A 1;\nlocation / { proxy_set_header B 1; root /srv; }\n")},
		{nginxrule.ProxyPassURI, in("location / { proxy_pass http://127.0.0.1:1/; }\nlocation = /a { proxy_pass http://127.0.0.1:1/b/; }\nlocation /c { proxy_pass http://127.0.0.1:1/d; }\nlocation /e/ { proxy_pass http://127.0.0.1:1/?u=; }\nlocation ~ ^/f/(.*)$ { set $h x; proxy_pass http://$h/$1; }\nlocation /u/ { proxy_pass http://unix:/run/a.sock:/u/; }\nlocation /v/ { proxy_pass http://127.0.0.1:1$uri$is_args$args; }\n")},
		{nginxrule.ProxyHost, in("location / { proxy_pass https://api.example.org; }\nlocation /a/ { proxy_pass http://127.0.0.1:1; include proxy_params; }\nlocation /b/ { proxy_pass $where; }\n")},
		{nginxrule.StaleDNS, in("location / { proxy_pass http://web:8000; }\nlocation /a { proxy_pass http://127.0.0.1:1; }\nlocation /b { proxy_pass http://app.default.svc.cluster.local; }\nlocation /c { set $a 127.0.0.1:1; proxy_pass http://$a; }\nlocation /d { proxy_pass http://localhost:1; }\n")},
		{nginxrule.StaleDNS, "events {}\nhttp {\nresolver 127.0.0.53;\nupstream u { zone u 64k; server api.example.org resolve; }\nserver { location / { proxy_pass http://u; } }\n}\n"},
		{nginxrule.BufferingOff, in("proxy_buffering off;\nlocation / { root /srv; }\n")},
		{nginxrule.BodySizeDefault, in("client_max_body_size 5m;\nlocation /upload/ { proxy_pass http://127.0.0.1:1; }\n")},
		{nginxrule.BodySizeDefault, in("location /uploads/ { alias /srv/uploads/; }\nlocation /reimported { proxy_pass http://127.0.0.1:1; }\n")},
		{nginxrule.MapDefault, "events {}\nhttp {\nmap $a $b { x 1; }\ngeo $g { 0.0.0.0/0 0; 10.0.0.0/8 1; }\nserver {\nif ($b != 1) { return 403; }\nif ($g = 0) { return 403; }\nif ($b = 1) { set $c d; }\n}\n}\n"},
		{nginxrule.Gzip, in("location / { proxy_pass http://127.0.0.1:1; }\nlocation /.well-known/acme-challenge/ { root /srv; }\n")},
		{nginxrule.Gzip, "server { root /srv; }\n"},
		{nginxrule.WorkerLimits, "worker_processes 2;\nevents { worker_connections 1024; }\n"},
		{nginxrule.AccessLogOffAll, in("access_log off;\nlocation / { return 301 https://$host$request_uri; }\n")},
		{nginxrule.AccessLogOffAll, "events {}\nhttp {\naccess_log off;\nserver { access_log /var/log/a; location / { proxy_pass http://127.0.0.1:1; } }\nserver { listen 127.0.0.1:81; access_log off; location / { proxy_pass http://127.0.0.1:1; } }\n}\n"},
		{nginxrule.Regex, in("server_name ~^www\\d+\\.example\\.org$;\nlocation ~ \\.php(?:/|$) { fastcgi_pass 127.0.0.1:9; }\nlocation ~ /\\.ht { deny all; }\nlocation ~ \\.git { return 404; }\nlocation ~* \\.(js|css)$ { root /srv; }\nlocation ~ ^/\\.well-known/ { root /srv; }\nlocation ~ ^/a/.*/b.+c$ { root /srv; }\nlocation ~ ^/...$ { root /srv; }\n")},
		{nginxrule.Regex, "events {}\nhttp {\nmap $http_user_agent $bot { ~*google.bot 1; ~Mozilla.5 2; }\nmap $uri $x { ~^/(?<a>\\w+)/ $a; }\n}\n"},
		{nginxrule.Capture, in("location ~ ^/(\\w+)/(\\w+)$ { set $a $1; if ($request_method = POST) { return 405; } rewrite ^/(.*)$ /x/$1 break; proxy_pass http://127.0.0.1:1; }\nlocation ~ ^/(?<n>\\w+)$ { if ($http_a ~ b) { set $c d; } root /srv/$n; }\nlocation @x { return 200 $n; }\n")},
		{nginxrule.Capture, in("rewrite ^/(a)(b)$ /c last;\nlocation /c { return 200 $1$2; }\n")},
		{nginxrule.Capture, in("location / { if ($args ~ x(.)) { return 200 $1; } }\n")},
		{nginxrule.LocationModifier, in("location = / { }\nlocation ^~ /a/ { }\nlocation ~ ^/a\\.(b|c)$ { }\nlocation ~* ^/x$ { }\nlocation /a+b/(c) { }\nlocation @n { }\nlocation /{{ path }}/ { }\n")},
		{nginxrule.TryFilesCache, in("root /srv;\nlocation / { try_files $uri $uri/ $uri.html =404; }\n")},
		{nginxrule.SSLStapling, in("ssl_certificate a.pem;\nssl_stapling on;\nssl_stapling_responder http://127.0.0.1/;\n")},
		{nginxrule.SSLCurve, in("ssl_ecdh_curve ?X25519Kyber768Draft00:x25519:P-256:secp384r1;\n")},
		{nginxrule.HTTP2Misdirected, in("listen 443 ssl default_server;\nssl_reject_handshake on;\n")},
		{nginxrule.QUIC, "events {}\nhttp {\nserver { listen 443 quic; add_header Alt-Svc 'h3=\":443\"'; }\n}\n"},
		{nginxrule.MergeSlashes, in("merge_slashes off;\nlocation ~ ^/x { deny all; }\nlocation / { }\n")},
		{nginxrule.Deprecated, "events {}\nhttp { keepalive_timeout 1s; }\n"},
		{nginxrule.ErrorLogOff, "error_log /var/log/a;\nerror_log stderr;\nevents {}\nhttp { error_log /var/log/a; }\n"},
	} {
		if found := find(t, c.rule, c.conf, ""); len(found) > 0 {
			t.Errorf("%s\n%s\nsays: %q", c.rule.ID, c.conf, found)
		}
	}
}

// TestFindings are cases beyond those of the pages.
func TestFindings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule  *lint.Rule
		conf  string
		nginx string
		lines []string // of the findings, with what the message starts with
	}{
		{nginxrule.ServerNameConflict, "events {}\nhttp {\nserver { }\nserver { server_name .a.org; }\nserver { server_name A.org *.a.org; }\nserver { }\n}\n", "", []string{"5:22", "5:28", "6:1"}},
		{nginxrule.UnreachableLocation, in("location ~ ^/ { }\nlocation / { }\nlocation ~ x { }\nlocation = /x { }\n"), "", []string{"6:1", "7:1"}},
		{nginxrule.UnreachableLocation, in("location ~ ^/a { }\nlocation ~ ^/b { }\nlocation ~ ^/[ab] { }\n"), "", []string{"7:1"}},
		{nginxrule.UnreachableLocation, in("location /p/ { location ~ ^/p/ { } location ~ \\.x$ { } }\n"), "", []string{"5:36"}},
		{nginxrule.UnreachableLocation, "events {}\nhttp {\nserver { server_name a; }\nserver { server_name a; }\n}\n", "", []string{"4:1"}},
		{nginxrule.HeaderInheritance, "events {}\nhttp {\nadd_header A 1;\nserver { add_header B 1; location / { add_header C 1; } }\n}\n", "1.22.1", []string{"4:10", "4:39"}},
		{nginxrule.HeaderInheritance, in("add_header A 1;\nlocation / { add_header_inherit merge; add_header B 3; }\n"), "1.22.1", []string{"6:40"}},
		{nginxrule.HeaderInheritance, in("proxy_hide_header A;\nlocation / { proxy_hide_header B; proxy_pass http://127.0.0.1:1; }\n"), "", []string{"6:14"}},
		{nginxrule.ProxyKeepalive, "events {}\nhttp {\nupstream u { server 127.0.0.1:1; keepalive 2; }\nserver { location / { proxy_pass http://u; } }\n}\n", "1.22.1", []string{"4:23"}},
		{nginxrule.ProxyKeepalive, "events {}\nhttp {\nupstream u { server 127.0.0.1:1; keepalive 2; }\nserver { location / { proxy_pass http://u; } }\n}\n", "1.29.7", nil},
		{nginxrule.ProxyKeepalive, "events {}\nhttp {\nupstream u { server 127.0.0.1:1; keepalive 2; }\nserver { location / { fastcgi_pass u; } }\n}\n", "", []string{"4:23"}},
		{nginxrule.StaleDNS, "events {}\nhttp {\nupstream u { server api.example.org; server 127.0.0.1; }\nserver { location / { proxy_pass http://u; } }\n}\n", "1.22.1", []string{"3:21"}},
		{nginxrule.StaleDNS, in("location / { set $a localhost:8000; uwsgi_pass $a; }\n"), "", []string{"5:48"}},
		{nginxrule.ListenHTTP2, "server { listen 443 ssl http2; }\n", "1.25.0", nil},
		{nginxrule.ListenHTTP2, "server { listen 443 ssl http2; }\n", "1.25.1", []string{"1:25"}},
		{nginxrule.Deprecated, "events {}\nhttp { http2_push /a; http2_idle_timeout 1s; aio sendfile; }\n", "1.24.0", []string{"2:23", "2:50"}},
		{nginxrule.SSLCurve, "server { ssl_ecdh_curve X25519MLKEM768; }\n", "1.22.1", []string{"1:25: warning"}},
		{nginxrule.SSLCurve, "server { ssl_ecdh_curve X25519MLKEM768; }\n", "1.28.0", nil},
		{nginxrule.Capture, in("location ~ ^/(a)$ { location ~ b { return 200 $1; } }\nlocation ~ ^/(c)$ { rewrite ^/x /y last; return 200 $1; }\nlocation ~ (d) { if ($args ~ (e)) { return 200 $2; } }\n"), "", []string{"5:47", "6:53", "7:48"}},
		{nginxrule.Capture, in("location / { return 200 $1; }\n"), "", []string{"5:25"}},
		{nginxrule.Regex, in("location ~ ^/(a+)+$ { root /srv; }\n"), "", []string{"5:12"}},
		{nginxrule.Regex, in("server_name ~example\\.org$ ~^www\\.example.org$;\n"), "", []string{"5:13", "5:28"}},
		{nginxrule.Regex, in("rewrite ^/feed.xml$ /feed permanent;\nif ($host ~ ^WWW\\.) { return 404; }\n"), "", []string{"5:9", "6:13"}},
		{nginxrule.LocationModifier, in("location =/a { }\nlocation ~\\.php$ { }\nlocation /x/.*\\.php$ { }\nlocation ~ ^/static/ { }\n"), "", []string{"5:10", "6:10", "7:10", "8:12: info"}},
		{nginxrule.WorkerLimits, "worker_processes auto;\nevents { worker_connections 2048; }\n", "", []string{"2:29"}},
		{nginxrule.MapDefault, "events {}\nhttp {\nmap $remote_addr $realm { 10.0.0.1 off; }\nserver { auth_basic $realm; }\n}\n", "", []string{"3:1"}},
		{nginxrule.SSLOn, "server { listen 80; listen 443 ssl; ssl off; }\n", "", []string{"1:37"}},
	} {
		found := find(t, c.rule, c.conf, c.nginx)
		ok := len(found) == len(c.lines)
		for i := range found {
			ok = ok && strings.HasPrefix(found[i], c.lines[i])
		}
		if !ok {
			t.Errorf("%s\n%s\nsays: %s", c.rule.ID, c.conf, cmp.Diff(c.lines, found))
		}
	}
}

// TestManyLocations keeps the work linear: a server with thousands of
// expressions, and thousands of servers that look alike.
func TestManyLocations(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("events {}\nhttp {\nserver {\n")
	for i := range 3000 {
		b.WriteString("location ~ ^/a" + strings.Repeat("b", i%50) + "(c|d)+/x$ { add_header A b; return 200 $2; }\n")
	}
	b.WriteString("}\n")
	for range 2000 {
		b.WriteString("server { add_header A b; location ~ \\.php$ { } location ~ ^/x/.*\\.php$ { } location / { add_header C d; } }\n")
	}
	b.WriteString("}\n")
	conf := b.String()
	for _, r := range nginxrule.Rules {
		if slices.Contains([]*lint.Rule{nginxrule.UnreachableLocation, nginxrule.Regex, nginxrule.Capture, nginxrule.HeaderInheritance, nginxrule.ServerNameConflict}, r) {
			find(t, r, conf, "")
		}
	}
}
