package nginxrule_test

import (
	"strings"
	"testing"

	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/rules/nginxrule"
)

// TestConfirm asks nginx whether it does what the rules about configurations
// that start say.
func TestConfirm(t *testing.T) {
	t.Parallel()
	files := map[string]string{"index.html": "welcome", "a.txt": "text", "sub/b.txt": "deep", "404.html": "not here", "app.html": "application"}
	in := func(server string) string {
		return "server { listen @LISTEN@; server_name shop.example; " + server + " }"
	}
	status := func(code string) func(string) bool {
		return func(answer string) bool { return strings.HasPrefix(answer, "HTTP/1.1 "+code) }
	}
	lacks := func(line string) func(string) bool {
		return func(answer string) bool { return !linttest.Header(line)(answer) }
	}
	passed := func(line string) func(string) bool {
		return func(answer string) bool { return status("200")(answer) && !linttest.Passed(line)(answer) }
	}
	inherit, evil, tries, slashes := nginxrule.HeaderInheritance, nginxrule.IfIsEvil, nginxrule.TryFilesProxy, nginxrule.MergeSlashes
	linttest.Confirm(t, []linttest.Claim{
		{Name: "inner add_header", Rule: inherit, Conf: in("root @DIR@; add_header X-A 1; location / { add_header X-B 2; }"), Path: "/a.txt", Shows: lacks("X-A: 1")},
		{Name: "inner add_header of the same name", Rule: inherit, Conf: in("root @DIR@; add_header X-A 1; location / { add_header X-A 1; }"), Path: "/a.txt", Shows: lacks("X-A: 1"), Harmless: true},
		{Name: "no inner add_header", Rule: inherit, Conf: in("root @DIR@; add_header X-A 1; location / { expires 1h; }"), Path: "/a.txt", Shows: lacks("X-A: 1"), Harmless: true},
		{Name: "inner proxy_set_header", Rule: inherit, Conf: in("proxy_set_header X-A 1; location / { proxy_set_header X-B 2; proxy_pass http://@BACK@; }"), Path: "/", Shows: passed("X-A: 1")},
		{Name: "inner proxy_hide_header", Rule: inherit, Conf: in("proxy_hide_header X-Powered-By; location / { proxy_hide_header X-B; proxy_pass http://@BACK@; }"), Path: "/", Shows: linttest.Header("X-Powered-By: echo")},
		{Name: "try_files in an if's copy", Rule: evil, Conf: in("root @DIR@; location / { try_files $uri /index.html; if ($request_method = GET) { add_header X-A 1; } }"), Path: "/none", Shows: status("404")},
		{Name: "two ifs", Rule: evil, Conf: in("root @DIR@; location / { if ($request_method = GET) { add_header X-A 1; } if ($args) { add_header X-B 2; } }"), Path: "/a.txt?b", Shows: lacks("X-A: 1")},
		{Name: "one if", Rule: evil, Conf: in("root @DIR@; location / { if ($request_method = GET) { add_header X-A 1; } }"), Path: "/a.txt?b", Shows: lacks("X-A: 1"), Harmless: true},
		{Name: "if with return", Rule: evil, Conf: in("root @DIR@; location / { try_files $uri /index.html; if ($request_method = POST) { add_header X-A 1; return 204; } }"), Path: "/none", Shows: status("404"), Harmless: true},
		{Name: "beside a pass", Rule: tries, Conf: in("root @DIR@; location / { try_files $uri /index.html; proxy_pass http://@BACK@; }"), Path: "/a.txt", Shows: linttest.Body("GET /a.txt")},
		{Name: "before a pass", Rule: tries, Conf: in("root @DIR@; location / { try_files $uri @app; } location @app { proxy_pass http://@BACK@; }"), Path: "/a.txt", Shows: linttest.Body("GET /a.txt"), Harmless: true},
		{Name: "status without =", Rule: tries, Conf: in("root @DIR@; location / { try_files $uri 403; }"), Path: "/none", Shows: status("404")},
		{Name: "status", Rule: tries, Conf: in("root @DIR@; location / { try_files $uri =403; }"), Path: "/none", Shows: status("404"), Harmless: true},
		{Name: "the same URI again", Rule: tries, Conf: in("root @DIR@; location / { try_files $uri/x.html $uri; }"), Path: "/none", Shows: status("500")},
		{Name: "fallback that leads back", Rule: tries, Conf: in("root @DIR@; location / { try_files /none.html /here; }"), Path: "/x", Shows: status("500")},
		{Name: "fallback of a file that is tried", Rule: tries, Conf: in("root @DIR@; location / { try_files $uri /app.html; }"), Path: "/x", Shows: status("500"), Harmless: true},
		{Name: "two slashes", Rule: slashes, Conf: in("root @DIR@; merge_slashes off; location /sub/ { deny all; } location / { }"), Path: "//sub/b.txt", Shows: linttest.Body("deep")},
		{Name: "two slashes merged", Rule: slashes, Conf: in("root @DIR@; location /sub/ { deny all; } location / { }"), Path: "//sub/b.txt", Shows: linttest.Body("deep"), Harmless: true},
		{Name: "error page without a root", Rule: nginxrule.RootMissing, Conf: in("error_page 404 /404.html; location / { root @DIR@; } location = /404.html { internal; }"), Path: "/none", Shows: func(answer string) bool { return !strings.Contains(answer, "not here") }},
		{Name: "error page with the server's root", Rule: nginxrule.RootMissing, Conf: in("root @DIR@; error_page 404 /404.html; location = /404.html { internal; }"), Path: "/none", Shows: func(answer string) bool { return !strings.Contains(answer, "not here") }, Harmless: true},
		{Name: "slash of the URI lost", Rule: nginxrule.ProxyPassURI, Conf: in("location /a/ { proxy_pass http://@BACK@/b; }"), Path: "/a/x", Shows: linttest.Passed("GET /bx HTTP/1.0")},
		{Name: "slash of the URI doubled", Rule: nginxrule.ProxyPassURI, Conf: in("location /a { proxy_pass http://@BACK@/; }"), Path: "/a/x", Shows: linttest.Passed("GET //x HTTP/1.0")},
		{Name: "slashes of both", Rule: nginxrule.ProxyPassURI, Conf: in("location /a/ { proxy_pass http://@BACK@/b/; }"), Path: "/a/x", Shows: linttest.Passed("GET /bx HTTP/1.0"), Harmless: true},
		{Name: "name of the upstream", Rule: nginxrule.ProxyHost, Conf: "upstream app { server @BACK@; } " + in("location / { proxy_pass http://app; }"), Path: "/", Shows: linttest.Passed("Host: app")},
		{Name: "name of the client", Rule: nginxrule.ProxyHost, Conf: "upstream app { server @BACK@; } " + in("location / { proxy_set_header Host $host; proxy_pass http://app; }"), Path: "/", Shows: linttest.Passed("Host: app"), Harmless: true},
		{Name: "closed connection", Rule: nginxrule.ProxyKeepalive, Conf: "upstream app { server @BACK@; keepalive 2; } " + in("location / { proxy_pass http://app; }"), Path: "/", Shows: linttest.Passed("Connection: close")},
		{Name: "kept connection", Rule: nginxrule.ProxyKeepalive, Conf: "upstream app { server @BACK@; keepalive 2; } " + in("location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ''; }"), Path: "/", Shows: linttest.Passed("Connection: close"), Harmless: true},
		{Name: "second server of a name", Rule: nginxrule.ServerNameConflict, Conf: in("return 200 one;") + in("return 200 two;"), Path: "GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n", Shows: linttest.Body("one")},
		{Name: "expression that always wins", Rule: nginxrule.UnreachableLocation, Conf: in("location ~ ^/ { return 200 regex; } location /a { return 200 prefix; }"), Path: "/a", Shows: linttest.Body("regex")},
		{Name: "prefix before expressions", Rule: nginxrule.UnreachableLocation, Conf: in("location ~ ^/ { return 200 regex; } location ^~ /a { return 200 prefix; }"), Path: "/a", Shows: linttest.Body("regex"), Harmless: true},
		{Name: "expression as a prefix", Rule: nginxrule.LocationModifier, Conf: in("location / { return 200 all; } location /(a|b)/ { return 200 prefix; }"), Path: "/a/", Shows: linttest.Body("all")},
		{Name: "capture of an if that did not match", Rule: nginxrule.Capture, Conf: in("location ~ ^/(\\w+)$ { if ($args ~ (x)) { return 200 two=$2.; } return 204; }"), Path: "/a?x", Shows: linttest.Body("two=.")},
		{Name: "map without default", Rule: nginxrule.MapDefault, Conf: "map $remote_addr $realm { 192.0.2.1 off; } " + in("root @DIR@; auth_basic $realm; auth_basic_user_file @DIR@/a.txt;"), Path: "/a.txt", Shows: status("401")},
	}, files)
}
