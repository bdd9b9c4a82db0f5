package securityrule_test

import (
	"testing"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/lint/rules/securityrule"
)

// TestSilence keeps the rules from saying what is wrong, or what cannot be
// known. Among the shapes are those that people reported as false alarms of
// other linters: gixy and its successors (yandex/gixy 77, 88; dvershinin/gixy
// 56; Gixy-Next 62), nginx-lint, and semgrep's rules for nginx (1477, 3075).
func TestSilence(t *testing.T) {
	t.Parallel()
	in := func(server string) string {
		return "events {}\nhttp {\nserver {\nlisten 80;\nserver_name shop.example;\n" + server + "\n}\n}\n"
	}
	for _, c := range []struct {
		rule *lint.Rule
		conf string
	}{
		// Capture groups that can hold no line break, and variables that stay encoded.
		{securityrule.HTTPSplitting, in("if ($request_uri ~* ^/echo/(.*)$) { return 301 $1; }")},
		{securityrule.HTTPSplitting, in("location ~* ^/test/(.*) { proxy_pass http://10.10.10.10/$1; }")},
		{securityrule.HTTPSplitting, in("location ~ /proxy/(a|b)/(\\W*)$ { set $p $1; proxy_pass http://storage/$p; }")},
		{securityrule.HTTPSplitting, in("location / { return 403 $uri; }\nlocation /b { return 200 \"$uri\"; }\nlocation /c { return 301 https://shop.example$request_uri; }")},
		{securityrule.HTTPSplitting, in("location ~ ^/(?<lang>en|de)/ { add_header Content-Language $lang; }\nlocation /d { add_header X-Unknown $nobody_knows; }")},
		{securityrule.HTTPSplitting, "events {}\nhttp {\nserver { location / { return 200 \"https://$canonical\"; } location /r { return 301 https://$canonical/; } }\nmap $ssl_server_name $canonical { default $ssl_server_name; }\n}\n"},
		{securityrule.HTTPSplitting, in("location / { proxy_set_header X-Id $request_id; proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Proto $scheme; proxy_set_header X-A $arg_a; proxy_set_header Cookie $http_cookie; proxy_pass http://127.0.0.1:1; }")},
		{securityrule.HTTPSplitting, in("rewrite ^/old/(.*)$ /new/$1 last;\nrewrite ^/x/(.*)$ https://shop.example/$1 permanent;\nrewrite ^/y$ /z?u=$uri last;")},
		{securityrule.HTTPSplitting, in("location / { uwsgi_param PATH_INFO $document_uri; uwsgi_pass 127.0.0.1:1; fastcgi_param SCRIPT $uri; access_log /var/log/a main; }")},
		// An alias without a slash of its own, one file, exact and regular expression locations.
		{securityrule.AliasTraversal, in("location /fm/ { alias /usr/local/fm/dist/; }\nlocation = /a { alias /srv/a/; }\nlocation /favicon.ico { alias /srv/static/favicon.ico; }\nlocation /.well-known/security.txt { alias /nix/store/x-security.txt; }")},
		{securityrule.AliasTraversal, in("location ~ ^/site/(\\d+)/(.*)$ { alias /srv/$1/$2; }\nlocation ~* ^/img/(.+\\.(?:png|jpg))$ { alias /srv/img/$1; }\nlocation ~ ^/m(?:edia)?/(.*)$ { alias /srv/media/$1; }")},
		{securityrule.AliasTraversal, in("location ~ ^/static(/.*)$ { alias /srv/static$1; }\nlocation ~ ^/v\\d+(?<rest>/.*) { alias /srv/www$rest; }\nlocation ~ ^/u/(?<user>\\w+)(?<file>/.*)?$ { alias /home/$user/www$file; }")},
		{securityrule.AliasTraversal, in("location /x { internal; proxy_pass http://127.0.0.1:1; }\nlocation /${PREFIX} { alias /srv/; }")},
		{securityrule.SSRF, in("location ~ /proxy/(.*)$ { proxy_pass http://cdn.example.net/$1; }\nlocation /a { proxy_pass http://10.0.0.1$request_uri; }\nlocation /b { proxy_pass $scheme://backend; }\nlocation /c { internal; proxy_pass http://$arg_to; }")},
		{securityrule.SSRF, in("set $backend app:8000;\nlocation / { proxy_pass http://$backend; }\nlocation /u { uwsgi_pass $backend; }\nlocation ~ ^/(a|b)/ { proxy_pass http://$1.internal.example; }\nlocation /h { proxy_pass http://$host:8080; }")},
		{securityrule.SSRF, "events {}\nhttp {\ngeo $where { default a; 10.0.0.0/8 b; }\nmap $http_x_version $to { default app1:80; v2 app2:80; }\nserver { location / { proxy_pass http://$to; } location /g { proxy_pass http://$where; } }\n}\n"},
		{securityrule.SSRF, in("location ~ ^/to/(?<to>.+)$ { if ($to !~ ^(a|b)\\.example$) { return 403; } proxy_pass http://$to; }")},
		{securityrule.HostSpoofing, in("location / { proxy_set_header Host $host:$server_port; proxy_pass http://127.0.0.1:1; }\nlocation /b { proxy_set_header Host backend.example; proxy_set_header X-Original-Host $http_host; proxy_pass http://127.0.0.1:1; }\nlocation /c { proxy_set_header X-Forwarded-Host $http_x_forwarded_host; proxy_pass http://127.0.0.1:1; }")},
		{securityrule.HostSpoofing, "events {}\nhttp {\nserver { listen 80 default_server; location / { proxy_set_header Host $http_host; proxy_pass http://127.0.0.1:1; } }\n}\n"},
		{securityrule.Origins, in("if ($http_referer !~ '^https?:\\/\\/some\\.shop\\.example\\/') { return 403; }\nif ($http_origin !~ '^https?:\\/\\/shop\\.example$') { return 403; }")},
		{securityrule.Origins, in("location / { if ($http_origin ~ ^(?>https://)shop\\.example$) { add_header Access-Control-Allow-Origin $http_origin; } if ($http_origin ~ ^https://[a-z0-9-]++\\.shop\\.example$) { add_header Access-Control-Allow-Origin $http_origin; } }")},
		{securityrule.Origins, in("add_header Access-Control-Allow-Origin *;\nlocation / { add_header Access-Control-Allow-Origin $http_origin; }\nif ($http_referer ~* (spam|casino)) { return 403; }\nif ($http_origin = https://shop.example) { set $c 1; }")},
		{securityrule.Origins, "events {}\nhttp {\nmap $http_origin $cors { default ''; ~^https://([a-z]+\\.)?shop\\.example$ $http_origin; ~*^https://shop\\.example(:\\d+)?$ $http_origin; }\nserver { add_header Access-Control-Allow-Origin $cors; add_header Access-Control-Allow-Credentials true; }\n}\n"},
		{securityrule.ValidReferers, in("valid_referers blocked server_names *.shop.example;\nlocation /img/ { valid_referers none blocked server_names; if ($invalid_referer) { return 403; } }")},
		{securityrule.ReturnBypassesAccess, in("location / { allow 192.0.2.1; deny all; try_files /none @app; }\nlocation @app { return 200 ok; }\nlocation = /health { return 200 ok; }\nlocation /p { deny all; proxy_pass http://127.0.0.1:1; }\nlocation /r { deny all; return 403; }\nlocation /o { auth_basic off; return 200; }")},
		{securityrule.ReturnBypassesAccess, in("deny 192.0.2.66;\nreturn 301 https://shop.example$request_uri;")},
		{securityrule.AllowWithoutDeny, in("location /a { satisfy any; allow 192.0.2.0/24; auth_jwt x; }\nlocation /b { allow all; }\nlocation /c { include allowed.conf; allow 192.0.2.1; }\nlocation /d { deny 192.0.2.1; allow 192.0.2.0/24; deny all; }\nlocation /e { allow $nobody; }")},
		{securityrule.AllowWithoutDeny, in("satisfy any;\nauth_basic x;\nlocation /a { allow 192.0.2.0/24; }")},
		{securityrule.StatusExposed, "events {}\nhttp {\nallow 192.0.2.1;\ndeny all;\nserver { location /status { stub_status; } }\n}\n"},
		{securityrule.StatusExposed, in("auth_request /auth;\nlocation /status { stub_status; }\nlocation = /auth { proxy_pass http://127.0.0.1:1; }")},
		{securityrule.StatusExposed, "events {}\nhttp {\nserver { listen 127.0.0.1:80; location /status { stub_status; } }\nserver { listen unix:/run/status.sock; location /status { stub_status; } }\nserver { listen 10.0.0.1:81; location /status { stub_status; } }\n}\n"},
		{securityrule.FilesystemExposed, in("root /var/www;\nlocation /static/ { root html; }\nlocation /files/ { alias /srv/files/; }\nlocation /x/ { root $where; }\nlocation = /hosts { alias /etc/hosts; }\nlocation /proxy { root /; proxy_pass http://127.0.0.1:1; }\nlocation /i { internal; root /; }")},
		{securityrule.DotfilesExposed, in("root /srv/www;\nlocation ~ /\\.(?!well-known).* { deny all; }")},
		{securityrule.DotfilesExposed, in("root /srv/www;\nlocation ~* /\\.(git|env|svn|ht) { return 404; }")},
		{securityrule.DotfilesExposed, in("root /srv/www;\nlocation / { try_files /index.html =404; }")},
		{securityrule.DotfilesExposed, in("return 301 https://shop.example$request_uri;\nroot /srv/www;")},
		{securityrule.PathDisclosure, in("root /srv/www;\nlocation ~ \\.(css|js|png)$ { expires 1h; }\nlocation ~ \\.(py|ini|log)$ { deny all; }\nlocation ~ \\.pem$ { internal; }")},
		{securityrule.Autoindex, in("location /pub/ { autoindex on; auth_basic x; auth_basic_user_file f; }\nlocation /a/ { autoindex off; }\nlocation /p/ { autoindex on; proxy_pass http://127.0.0.1:1; }")},
		{securityrule.AdminExposed, in("location /admin/ { allow 192.0.2.0/24; deny all; proxy_pass http://127.0.0.1:1; }\nlocation /administration-manual/ { root /srv; }\nlocation /dashboard/ { auth_basic x; proxy_pass http://127.0.0.1:1; }\nlocation = /admin { return 301 /admin/; }")},
		{securityrule.HeaderContentType, in("add_header X-Content-Type-Options nosniff;\nlocation / { proxy_hide_header Content-Type; add_header Content-Type text/plain; proxy_pass http://127.0.0.1:1; }")},
		{securityrule.HeaderMultiline, in("add_header Content-Security-Policy \"default-src 'self'; img-src *\";\nmore_set_headers 'A: b' 'C: d';")},
		{securityrule.InsecureRedirect, in("return 301 http://other.example$request_uri;")},
		{securityrule.InsecureRedirect, "events {}\nhttp {\nserver { listen 80; server_name a; return 301 https://$host$request_uri; }\nserver { listen 443 ssl; server_name a; location /x { return 301 $scheme://$host/y; } location /z { return 301 /w; } }\n}\n"},
		{securityrule.H2CSmuggling, in("location /ws { proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_pass http://127.0.0.1:1; }\nlocation /k { proxy_set_header Connection ''; proxy_pass http://127.0.0.1:1; }")},
		{securityrule.ResolverExternal, in("resolver 127.0.0.53 valid=30s;\nlocation /a { resolver 127.0.0.11; }\nlocation /b { resolver kube-dns.kube-system.svc.cluster.local; }\nlocation /c { resolver 10.0.0.2:53 [fd00::1]; }\nlocation /d { resolver ${NAMESERVER}; }")},
		{securityrule.HSTS, "events {}\nhttp {\nserver { listen 443 ssl; server_name localhost; }\nserver { listen 443 ssl default_server; server_name _; ssl_reject_handshake on; }\nserver { listen 127.0.0.1:8443 ssl; server_name shop.example; }\nserver { listen 443 ssl; server_name 192.0.2.1; }\nserver { listen 444 ssl; server_name shop.example; return 444; }\n}\n"},
		{securityrule.HSTS, "server { listen 443 ssl; server_name shop.example; location / { add_header Strict-Transport-Security max-age=63072000; } }\n"},
		{securityrule.SSLProtocols, "server { listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; }\nserver { listen 443 ssl; ssl_protocols ${PROTOCOLS}; }\n"},
		{securityrule.SSLCiphers, "server { listen 443 ssl; ssl_ciphers HIGH:!aNULL:!MD5; }\nserver { listen 443 ssl; ssl_ciphers PROFILE=SYSTEM; }\nserver { listen 443 ssl; ssl_ciphers ECDHE+AESGCM:!3DES:!RC4; }\nserver { listen 443 ssl; ssl_ciphers ALL:!aNULL:!eNULL:!EXPORT; }\n"},
		{securityrule.SecurityHeaders, in("location / { proxy_pass http://127.0.0.1:1; }")},
		{securityrule.SecurityHeaders, "server { listen 80; root /srv/www; }\n"},
		{securityrule.VersionDisclosure, "server { listen 80; }\n"},
		{securityrule.VersionDisclosure, "events {}\nhttp {\nserver_tokens off;\nserver { listen 80; }\n}\n"},
		{securityrule.RunsAsRoot, "user www-data;\nevents {}\n"},
	} {
		for _, d := range linttest.Find(t, c.rule, map[string]string{"nginx.conf": c.conf}, lint.Options{}) {
			t.Errorf("%s\nsays: %s", c.conf, report.Line(d))
		}
	}
}
