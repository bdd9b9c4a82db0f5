package securityrule_test

import (
	"strings"
	"testing"

	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/rules/securityrule"
)

// TestPasses asks nginx to hand requests on, and looks where they go and what
// they say.
func TestPasses(t *testing.T) {
	t.Parallel()
	files := map[string]string{"a.txt": "text", "index.html": "page"}
	in := func(server string) string {
		return "server { listen @LISTEN@; server_name shop.example; " + server + " }"
	}
	ask := func(target, host string, lines ...string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + strings.Join(append(lines, "Connection: close"), "\r\n") + "\r\n\r\n"
	}
	// reached tells whether the server behind got the request, whose address
	// the client wrote into it.
	reached := linttest.Body("HTTP/1.0\n")
	ssrf, spoofing, smuggling := securityrule.SSRF, securityrule.HostSpoofing, securityrule.H2CSmuggling
	contentType, redirect := securityrule.HeaderContentType, securityrule.InsecureRedirect
	linttest.Confirm(t, []linttest.Claim{
		{Name: "argument", Rule: ssrf, Conf: in("location / { proxy_pass http://$arg_to; }"), Path: "/?to=@BACK@", Shows: reached},
		{Name: "header", Rule: ssrf, Conf: in("location / { proxy_pass http://$http_x_to; }"), Path: ask("/", "a", "X-To: @BACK@"), Shows: reached},
		{Name: "path", Rule: ssrf, Conf: in("location ~ ^/to/([^/]+)/ { proxy_pass http://$1/; }"), Path: "/to/@BACK@/", Shows: reached},
		{Name: "host of a server for every name", Rule: ssrf, Conf: "server { listen @LISTEN@; location / { set $port @PORT@; proxy_pass http://$host:$port; } }", Path: ask("/", "127.0.0.1"), Shows: reached},
		{Name: "set", Rule: ssrf, Conf: in("location / { set $to $arg_to; proxy_pass http://$to; }"), Path: "/?to=@BACK@", Shows: reached},
		{Name: "after a name", Rule: ssrf, Conf: in("location / { proxy_pass http://127.0.0.1$uri; }"), Path: "/:@PORT@", Shows: reached, Harmless: true},
		{Name: "scheme", Rule: ssrf, Conf: in("location / { proxy_pass $http_x_scheme://127.0.0.1:1/; }"), Path: ask("/", "a", "X-Scheme: http://@BACK@/?"), Shows: reached},
		{Name: "scheme of the request", Rule: ssrf, Conf: in("location / { proxy_pass $scheme://127.0.0.1:1/; }"), Path: ask("/", "a", "X-Scheme: http://@BACK@/?"), Shows: reached, Harmless: true},
		{Name: "after the start of a name", Rule: ssrf, Conf: in("location ~ ^/to/(?<to>.*) { proxy_pass http://127.0.0$to; }"), Path: "/to/.1:@PORT@/", Shows: reached},
		{Name: "path of a server", Rule: ssrf, Conf: in("location ~ /to/(.*)$ { proxy_pass http://127.0.0.1/$1; }"), Path: "/to/@BACK@/", Shows: linttest.Passed("Host: @BACK@"), Harmless: true},
		{Name: "map", Rule: ssrf, Conf: "map $arg_to $to { default ''; a @BACK@; } " + in("location / { proxy_pass http://$to; }"), Path: "/?to=127.0.0.1:1", Shows: reached, Harmless: true},
		{Name: "constant", Rule: ssrf, Conf: in("location / { set $to @BACK@; proxy_pass http://$to; }"), Path: "/?to=127.0.0.1:1", Shows: linttest.Passed("Host: 127.0.0.1:1"), Harmless: true},
		{Name: "arguments behind the path", Rule: ssrf, Conf: in("location / { set $to @BACK@; proxy_pass http://$to/x?$args; }"), Path: "/?@evil.invalid/", Shows: linttest.Passed("Host: evil.invalid"), Harmless: true},
		{Name: "digits", Rule: ssrf, Conf: in("location ~ ^/(\\d)/ { proxy_pass http://127.0.0.1:$1/; }"), Path: "/9/", Shows: reached, Harmless: true},
		{Name: "listed words", Rule: ssrf, Conf: in("location ~ ^/(one|two)/ { proxy_pass http://$1.internal:80/; }"), Path: "/127.0.0.1/", Shows: reached, Harmless: true},
		{Name: "internal", Rule: ssrf, Conf: in("location ~ ^/to/(.*)$ { internal; proxy_pass http://$1; }"), Path: "/to/@BACK@/", Shows: reached, Harmless: true},
		{Name: "Host header", Rule: spoofing, Conf: in("location / { proxy_pass http://@BACK@; proxy_set_header Host $http_host; }"), Path: ask("http://shop.example/", "evil.invalid"), Shows: linttest.Passed("Host: evil.invalid")},
		{Name: "X-Forwarded-Host", Rule: spoofing, Conf: in("location / { proxy_pass http://@BACK@; proxy_set_header X-Forwarded-Host $http_host; }"), Path: ask("http://shop.example/", "evil.invalid"), Shows: linttest.Passed("X-Forwarded-Host: evil.invalid")},
		{Name: "Host with a port", Rule: spoofing, Conf: in("location / { proxy_pass http://@BACK@; proxy_set_header Host $http_host:8080; }"), Path: ask("http://shop.example/", "evil.invalid"), Shows: linttest.Passed("Host: evil.invalid:8080")},
		{Name: "Host of an argument", Rule: spoofing, Conf: in("location / { proxy_pass http://@BACK@; proxy_set_header Host $arg_shop.example; }"), Path: "/?shop=evil.invalid/", Shows: linttest.Passed("Host: evil.invalid/.example")},
		{Name: "another header", Rule: spoofing, Conf: in("location / { proxy_pass http://@BACK@; proxy_set_header X-Original $http_host; }"), Path: ask("http://shop.example/", "evil.invalid"), Shows: linttest.Passed("Host: evil.invalid"), Harmless: true},
		{Name: "$host", Rule: spoofing, Conf: in("location / { proxy_pass http://@BACK@; proxy_set_header Host $host; }"), Path: ask("http://shop.example/", "evil.invalid"), Shows: linttest.Passed("Host: evil.invalid"), Harmless: true},
		{Name: "$host with its port", Rule: spoofing, Conf: in("location / { proxy_pass http://@BACK@; proxy_set_header Host $host:$server_port; }"), Path: ask("http://shop.example/", "evil.invalid"), Shows: linttest.Passed("Host: evil.invalid:80"), Harmless: true},
		{Name: "any Upgrade", Rule: smuggling, Conf: in("location / { proxy_pass http://@BACK@; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection; }"), Path: "GET / HTTP/1.0\r\nHost: shop.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n", Shows: linttest.Passed("Upgrade: h2c")},
		{Name: "websocket alone", Rule: smuggling, Conf: "map $http_upgrade $up { default ''; websocket websocket; } " + in("location / { proxy_pass http://@BACK@; proxy_http_version 1.1; proxy_set_header Upgrade $up; proxy_set_header Connection $up; }"), Path: ask("/", "a", "Upgrade: h2c"), Shows: linttest.Passed("Upgrade: h2c"), Harmless: true},
		{Name: "no Upgrade", Rule: smuggling, Conf: in("location / { proxy_pass http://@BACK@; }"), Path: ask("/", "a", "Upgrade: h2c"), Shows: linttest.Passed("Upgrade: h2c"), Harmless: true},
		{Name: "second type", Rule: contentType, Conf: in("location = /x { add_header Content-Type application/json; return 200 '{}'; }"), Path: "/x", Shows: twice("Content-Type")},
		{Name: "second type of a file", Rule: contentType, Conf: in("root @DIR@; add_header content-type application/json;"), Path: "/a.txt", Shows: twice("Content-Type")},
		{Name: "default type", Rule: contentType, Conf: in("location = /x { default_type application/json; return 200 '{}'; }"), Path: "/x", Shows: twice("Content-Type"), Harmless: true},
		{Name: "type of the server behind hidden", Rule: contentType, Conf: in("location / { proxy_pass http://@BACK@; proxy_hide_header Content-Type; add_header Content-Type text/x; }"), Path: "/x", Shows: twice("Content-Type"), Harmless: true},
		{Name: "lines", Rule: securityrule.HeaderMultiline, Conf: in("location / { add_header X-Policy \"a\n  b\"; return 204; }"), Path: "/", Shows: linttest.Header("  b")},
		{Name: "escaped lines", Rule: securityrule.HeaderMultiline, Conf: in("location / { add_header X-Policy \"a\\nX-B: b\"; return 204; }"), Path: "/", Shows: linttest.Header("X-B: b")},
		{Name: "one line", Rule: securityrule.HeaderMultiline, Conf: in("location / { add_header X-Policy 'a  b'; return 204; }"), Path: "/", Shows: linttest.Header("  b"), Harmless: true},
		{Name: "plain HTTP where TLS is served", Rule: redirect, Conf: in("return 301 http://www.shop.example$request_uri;") + " server { listen 127.0.0.1:@OTHER@ ssl; server_name www.shop.example; ssl_certificate @CERT@; ssl_certificate_key @KEY@; }", Path: "/", Shows: linttest.Header("Location: http://www.shop.example/")},
		{Name: "the client's scheme where TLS is served", Rule: redirect, Conf: in("return 301 $scheme://www.shop.example$request_uri;") + " server { listen 127.0.0.1:@OTHER@ ssl; server_name www.shop.example; ssl_certificate @CERT@; ssl_certificate_key @KEY@; }", Path: "/", Shows: linttest.Header("Location: http://www.shop.example/")},
		{Name: "TLS", Rule: redirect, Conf: in("return 301 https://www.shop.example$request_uri;") + " server { listen 127.0.0.1:@OTHER@ ssl; server_name www.shop.example; ssl_certificate @CERT@; ssl_certificate_key @KEY@; }", Path: "/", Shows: linttest.Header("Location: http://www.shop.example/"), Harmless: true},
		{Name: "no nosniff", Rule: securityrule.SecurityHeaders, Conf: in("root @DIR@;"), Path: "/a.txt", Shows: without("X-Content-Type-Options")},
		{Name: "nosniff lost in a location", Rule: securityrule.SecurityHeaders, Conf: in("root @DIR@; add_header X-Content-Type-Options nosniff always; add_header X-Frame-Options DENY always; location / { add_header X-A b; }"), Path: "/a.txt", Shows: without("X-Content-Type-Options")},
		{Name: "nosniff", Rule: securityrule.SecurityHeaders, Conf: in("root @DIR@; add_header X-Content-Type-Options nosniff always; add_header X-Frame-Options DENY always;"), Path: "/a.txt", Shows: without("X-Content-Type-Options"), Harmless: true},
	}, files)
}

// twice tells whether a header stands in the answer's head more than once.
func twice(name string) func(string) bool {
	return func(answer string) bool {
		head, _, _ := strings.Cut(answer, "\n\n")
		return strings.Count(strings.ToLower(head), "\n"+strings.ToLower(name)+":") > 1
	}
}

// without tells whether a header stands nowhere in the head of an answer 200.
func without(name string) func(string) bool {
	return func(answer string) bool {
		return strings.HasPrefix(answer, "HTTP/1.1 200") && !strings.Contains(strings.ToLower(answer), "\n"+strings.ToLower(name)+":")
	}
}
