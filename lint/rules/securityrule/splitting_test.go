package securityrule_test

import (
	"testing"

	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/rules/securityrule"
)

// TestSplitting sends nginx a request with an encoded line break, and looks
// whether a line of the client's stands in the answer's head, or in the request
// that the server behind gets.
func TestSplitting(t *testing.T) {
	t.Parallel()
	const line = "x%0d%0aX-Evil:%20yes%0d%0aX:%20y"
	evil := "X-Evil: yes"
	header, request := linttest.Header(evil), linttest.Passed(evil)
	in := func(server string) string { return "server { listen @LISTEN@; " + server + " }" }
	var claims []linttest.Claim
	for _, c := range []struct {
		name, conf, path string
		shows            func(string) bool
		harmless         bool
	}{
		{"return", in("location / { return 302 https://example.org$uri; }"), "/" + line, header, false},
		{"return of a URL alone", in("location / { return https://example.org$document_uri; }"), "/" + line, header, false},
		{"return in a server", in("return 301 https://example.org$uri;"), "/" + line, header, false},
		{"return of a body", in("location / { return 200 $uri; }"), "/" + line, header, true},
		{"return of the request's URI", in("location / { return 302 https://example.org$request_uri; }"), "/" + line, header, true},
		{"return of arguments", in("location / { return 302 https://example.org/?$args; }"), "/?" + line, header, true},
		{"return of an argument", in("location / { return 302 https://example.org/$arg_next; }"), "/?next=" + line, header, true},
		{"return of a cookie", in("location / { return 302 https://example.org/$cookie_next; }"), "GET / HTTP/1.1\r\nHost: a\r\nCookie: next=" + line + "\r\nConnection: close\r\n\r\n", header, true},
		{"rewrite", in("rewrite ^ https://example.org$uri permanent;"), "/" + line, header, false},
		{"rewrite with a capture", in("rewrite ^/([^?]*) https://example.org/$1 redirect;"), "/" + line, header, true},
		{"rewrite with a named capture", in("rewrite ^/(?<rest>[^?]*) https://example.org/$rest redirect;"), "/" + line, header, false},
		{"rewrite at the end of a path", in("rewrite /wp-admin$ $scheme://$host$uri/ permanent;"), "/" + line + "/wp-admin", header, false},
		{"rewrite within", in("location / { rewrite ^ /y$uri last; } location /y { return 204; }"), "/" + line, header, true},
		{"add_header", in("location / { add_header X-Path $uri; return 204; }"), "/" + line, header, false},
		{"add_header in an exact location", in("location = /x { add_header X-Path $uri; return 204; }"), "/x", header, true},
		{"add_header of the file's name", in("root /srv; location / { add_header X-File $request_filename always; return 204; }"), "/" + line, header, false},
		{"error_page", in("location / { error_page 404 https://example.org$uri; return 404; }"), "/" + line, header, false},
		{"error_page of a path", in("location / { error_page 404 /y$uri; return 404; } location /y { return 204; }"), "/" + line, header, true},
		{"auth_basic", in("location / { auth_basic $uri; auth_basic_user_file /dev/null; }"), "/" + line, header, false},
		{"proxy_redirect", in("location / { proxy_pass http://@BACK@; proxy_redirect / $uri; }"), "/" + line, header, false},
		{"proxy_cookie_path", in("location / { proxy_pass http://@BACK@; proxy_cookie_path / $uri; }"), "/" + line, header, false},
		{"add_header beside a pass", in("location / { proxy_pass http://@BACK@; proxy_cookie_domain off; add_header X-A $request_uri; }"), "/" + line, header, true},
		{"proxy_method", in("location / { proxy_pass http://@BACK@; proxy_method $uri; }"), "/" + line, request, false},
		{"proxy_set_body", in("location / { proxy_pass http://@BACK@/y; proxy_set_body $uri; }"), "/" + line, request, true},
		{"uwsgi_param", in("location / { uwsgi_pass 127.0.0.1:1; uwsgi_param X $uri; }"), "/" + line, header, true},
		{"charset", in("root /usr/share; location / { charset $uri; return 200 a; }"), "/" + line, header, false},
		{"default_type", in("location / { default_type a$uri; return 200 a; }"), "/" + line, header, true},
		{"expires", in("location / { expires $uri; return 200 a; }"), "/" + line, header, true},
		{"set", in("set $p $uri; location / { add_header X-Path a$p; return 204; }"), "/" + line, header, false},
		{"map", "map $uri $p { default a; ~x $uri; } " + in("location / { add_header X-Path $p; return 204; }"), "/" + line, header, false},
		{"map of constants", "map $uri $p { default a; ~x b; } " + in("location / { add_header X-Path $p; return 204; }"), "/" + line, header, true},
		{"map with a capture", "map $uri $p { ~^/(?<rest>[^?]+) $rest; } " + in("location / { add_header X-Path $p; return 204; }"), "/" + line, header, false},
		{"map with a capture of words", "map $uri $p { ~^/(?<rest>\\w+) $rest; } " + in("location / { add_header X-Path $p; return 204; }"), "/" + line, header, true},
		{"map of an encoded variable", "map $request_uri $p { ~^/(?<rest>[^?]+) $rest; } " + in("location / { add_header X-Path $p; return 204; }"), "/" + line, header, true},
		{"location with a capture", in("location ~ ^/a/([^/]*)$ { return 302 /b/$1; }"), "/a/" + line, header, false},
		{"location with a capture of any text", in("location ~ ^/a/(.*)$ { return 302 /b/$1; } location / { return 204; }"), "/a/" + line, header, true},
		{"location with a capture of any byte", in("location ~ (?s)^/a/(.*)$ { return 302 /b/$1; }"), "/a/" + line, header, false},
		{"location with a capture of words", in("location ~ ^/a/([\\w.-]+) { return 302 /b/$1; }"), "/a/" + line, header, true},
		{"location with a capture of no white space", in("location ~ ^/a/([^/\\s]+) { return 302 /b/$1; }"), "/a/" + line, header, true},
		{"location with a named capture", in("location ~ /v1/((?<action>[^.]*)\\.json)?$ { add_header X-Action $action; return 204; }"), "/v1/" + line + ".json", header, false},
		{"if with a capture", in("location / { if ($uri ~ ^/a/([^/]*)) { return 302 /b/$1; } return 204; }"), "/a/" + line, header, false},
		{"if with a capture of the request", in("location / { if ($request_uri ~ ^/a/([^/]*)) { return 302 /b/$1; } return 204; }"), "/a/" + line, header, true},
		{"proxy_set_header", in("location / { proxy_set_header X-Path $uri; proxy_pass http://@BACK@; }"), "/" + line, request, false},
		{"proxy_set_header of the request's URI", in("location / { proxy_set_header X-Path $request_uri; proxy_pass http://@BACK@; }"), "/" + line, request, true},
		{"proxy_pass", in("location / { proxy_pass http://@BACK@$uri; }"), "/" + line, request, false},
		{"proxy_pass of a path", in("location / { proxy_pass http://@BACK@/y/; }"), "/" + line, request, true},
		{"proxy_pass with a capture", in("location ~ ^/a/([^?]*)$ { proxy_pass http://@BACK@/b/$1; }"), "/a/" + line, request, false},
		{"proxy_pass of the request's URI", in("location / { proxy_pass http://@BACK@$request_uri; }"), "/" + line, request, true},
		{"proxy_pass after a rewrite", in("location / { rewrite ^/(.*) /y/$1 break; proxy_pass http://@BACK@; }"), "/" + line, request, true},
	} {
		claims = append(claims, linttest.Claim{Name: c.name, Rule: securityrule.HTTPSplitting, Conf: c.conf, Path: c.path, Shows: c.shows, Harmless: c.harmless})
	}
	linttest.Confirm(t, claims, nil)
}
