package securityrule_test

import (
	"strings"
	"testing"

	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/rules/securityrule"
)

// TestAccess asks nginx for what rules of access should keep back.
func TestAccess(t *testing.T) {
	t.Parallel()
	files := map[string]string{"secret.txt": "top secret", "htpasswd": "anna:{PLAIN}secret\n"}
	secret := linttest.Body("top secret")
	status := linttest.Body("Active connections")
	in := func(server string) string { return "server { listen @LISTEN@; root @DIR@; " + server + " }" }
	ask := func(line string) string {
		return "GET /secret.txt HTTP/1.1\r\nHost: shop.example\r\n" + line + "\r\nConnection: close\r\n\r\n"
	}
	returns, allow, referers, origins, shown := securityrule.ReturnBypassesAccess, securityrule.AllowWithoutDeny, securityrule.ValidReferers, securityrule.Origins, securityrule.StatusExposed
	linttest.Confirm(t, []linttest.Claim{
		{Name: "deny", Rule: returns, Conf: in("location / { deny all; return 200 'top secret'; }"), Path: "/", Shows: secret},
		{Name: "password", Rule: returns, Conf: in("location / { auth_basic x; auth_basic_user_file @DIR@/htpasswd; return 200 'top secret'; }"), Path: "/", Shows: secret},
		{Name: "subrequest", Rule: returns, Conf: in("location / { auth_request /no; return 200 'top secret'; } location /no { return 403; }"), Path: "/", Shows: secret},
		{Name: "deny of files", Rule: returns, Conf: in("location / { deny all; }"), Path: "/secret.txt", Shows: secret, Harmless: true},
		{Name: "return of a refusal", Rule: returns, Conf: in("location / { deny all; return 403 'top secret'; }"), Path: "/", Shows: secret, Harmless: true},
		{Name: "return in another location", Rule: returns, Conf: in("location / { deny all; try_files /none @a; } location @a { return 200 'top secret'; }"), Path: "/", Shows: secret, Harmless: true},
		{Name: "return in an if that does not hold", Rule: returns, Conf: in("location / { deny all; if ($http_none) { return 200 'top secret'; } }"), Path: "/", Shows: secret, Harmless: true},
		{Name: "one address", Rule: allow, Conf: in("location / { allow 192.0.2.1; }"), Path: "/secret.txt", Shows: secret},
		{Name: "deny above", Rule: allow, Conf: in("deny all; location / { allow 192.0.2.1; }"), Path: "/secret.txt", Shows: secret},
		{Name: "deny after it", Rule: allow, Conf: in("location / { allow 192.0.2.1; deny all; }"), Path: "/secret.txt", Shows: secret, Harmless: true},
		{Name: "deny all comes first", Rule: allow, Conf: in("location / { deny all; allow 127.0.0.0/8; }"), Path: "/secret.txt", Shows: func(answer string) bool { return strings.HasPrefix(answer, "HTTP/1.1 403") }},
		{Name: "deny all comes last", Rule: allow, Conf: in("location / { deny 192.0.2.1; allow 127.0.0.0/8; deny all; }"), Path: "/secret.txt", Shows: func(answer string) bool { return strings.HasPrefix(answer, "HTTP/1.1 403") }, Harmless: true},
		{Name: "no Referer", Rule: referers, Conf: in("location / { valid_referers none server_names; if ($invalid_referer) { return 403; } proxy_pass http://@BACK@; }"), Path: "/x", Shows: linttest.Body("GET /x")},
		{Name: "no Referer where none is not named", Rule: referers, Conf: in("location / { valid_referers server_names; if ($invalid_referer) { return 403; } proxy_pass http://@BACK@; }"), Path: "/x", Shows: linttest.Body("GET /x"), Harmless: true},
		{Name: "Referer in the path", Rule: origins, Conf: in("if ($http_referer !~ shop\\.example) { return 403; }"), Path: ask("Referer: https://evil.invalid/shop.example"), Shows: secret},
		{Name: "Referer of a longer name", Rule: origins, Conf: in("if ($http_referer !~ ^https://shop\\.example) { return 403; }"), Path: ask("Referer: https://shop.example.evil.invalid/"), Shows: secret},
		{Name: "Referer with any letter for the dot", Rule: origins, Conf: in("if ($http_referer !~ ^https://www.shop\\.example/) { return 403; }"), Path: ask("Referer: https://wwwxshop.example/"), Shows: secret},
		{Name: "Referer, whole", Rule: origins, Conf: in("if ($http_referer !~ ^https://shop\\.example/) { return 403; }"), Path: ask("Referer: https://shop.example.evil.invalid/"), Shows: secret, Harmless: true},
		{Name: "Referer of valid_referers", Rule: origins, Conf: in("valid_referers ~shop\\.example; if ($invalid_referer) { return 403; }"), Path: ask("Referer: https://evil.invalid/shop.example"), Shows: secret},
		{Name: "Origin of a longer name", Rule: origins, Conf: in("location / { if ($http_origin ~ ^https://shop\\.example) { add_header Access-Control-Allow-Origin $http_origin; } }"), Path: ask("Origin: https://shop.example.evil.invalid"), Shows: linttest.Header("Access-Control-Allow-Origin: https://shop.example.evil.invalid")},
		{Name: "Origin, whole", Rule: origins, Conf: in("location / { if ($http_origin ~ ^https://shop\\.example$) { add_header Access-Control-Allow-Origin $http_origin; } }"), Path: ask("Origin: https://shop.example.evil.invalid"), Shows: linttest.Header("Access-Control-Allow-Origin: https://shop.example.evil.invalid"), Harmless: true},
		{Name: "Origin of any subdomain", Rule: origins, Conf: in("location / { if ($http_origin ~ ^https://([a-z-]+\\.)?shop\\.example$) { add_header Access-Control-Allow-Origin $http_origin; } }"), Path: ask("Origin: https://evilshop.example"), Shows: linttest.Header("Access-Control-Allow-Origin: https://evilshop.example"), Harmless: true},
		{Name: "Origin by a map", Rule: origins, Conf: "map $http_origin $cors { ~shop\\.example$ $http_origin; } " + in("add_header Access-Control-Allow-Origin $cors;"), Path: ask("Origin: https://evilshop.example"), Shows: linttest.Header("Access-Control-Allow-Origin: https://evilshop.example")},
		{Name: "Origin by a map of constants", Rule: origins, Conf: "map $http_origin $cors { https://shop.example $http_origin; } " + in("add_header Access-Control-Allow-Origin $cors;"), Path: ask("Origin: https://evilshop.example"), Shows: linttest.Header("Access-Control-Allow-Origin: https://evilshop.example"), Harmless: true},
		{Name: "every Origin with cookies", Rule: origins, Conf: in("add_header Access-Control-Allow-Origin $http_origin; add_header Access-Control-Allow-Credentials true;"), Path: ask("Origin: https://evil.invalid"), Shows: linttest.Header("Access-Control-Allow-Origin: https://evil.invalid")},
		{Name: "every Origin by set", Rule: origins, Conf: in("set $cors $http_origin; add_header Access-Control-Allow-Origin $cors; add_header Access-Control-Allow-Credentials true;"), Path: ask("Origin: https://evil.invalid"), Shows: linttest.Header("Access-Control-Allow-Origin: https://evil.invalid")},
		{Name: "every Origin by the default of a map", Rule: origins, Conf: "map $http_origin $cors { default $http_origin; https://spam.example ''; } " + in("add_header Access-Control-Allow-Origin $cors; add_header Access-Control-Allow-Credentials true;"), Path: ask("Origin: https://evil.invalid"), Shows: linttest.Header("Access-Control-Allow-Origin: https://evil.invalid")},
		{Name: "known Origins by a map", Rule: origins, Conf: "map $http_origin $cors { default ''; https://shop.example $http_origin; } " + in("add_header Access-Control-Allow-Origin $cors; add_header Access-Control-Allow-Credentials true;"), Path: ask("Origin: https://evil.invalid"), Shows: linttest.Header("Access-Control-Allow-Origin: https://evil.invalid"), Harmless: true},
		{Name: "stub_status", Rule: shown, Conf: in("location /status { stub_status; }"), Path: "/status", Shows: status},
		{Name: "stub_status for this machine", Rule: shown, Conf: in("location /status { stub_status; allow 192.0.2.1; deny all; }"), Path: "/status", Shows: status, Harmless: true},
		{Name: "stub_status with a password", Rule: shown, Conf: in("auth_basic x; auth_basic_user_file @DIR@/htpasswd; location /status { stub_status; }"), Path: "/status", Shows: status, Harmless: true},
		{Name: "stub_status without the server's password", Rule: shown, Conf: in("auth_basic x; auth_basic_user_file @DIR@/htpasswd; location /status { stub_status; auth_basic off; }"), Path: "/status", Shows: status},
		{Name: "stub_status beside internal", Rule: shown, Conf: in("location /status { internal; stub_status; }"), Path: "/status", Shows: status, Harmless: true},
		{Name: "stub_status, any of two rules", Rule: shown, Conf: in("location /status { stub_status; satisfy any; allow all; deny all; }"), Path: "/status", Shows: status},
		{Name: "stub_status that one address is kept from", Rule: shown, Conf: in("location /status { stub_status; deny 192.0.2.1; }"), Path: "/status", Shows: status},
		{Name: "stub_status, a password or any address", Rule: shown, Conf: in("auth_basic x; auth_basic_user_file @DIR@/htpasswd; location /status { stub_status; satisfy any; allow 127.0.0.0/8; deny 192.0.2.1; }"), Path: "/status", Shows: status},
		{Name: "stub_status, a password or some address", Rule: shown, Conf: in("location /status { auth_basic x; auth_basic_user_file @DIR@/htpasswd; stub_status; satisfy any; allow 192.0.2.1; deny all; }"), Path: "/status", Shows: status, Harmless: true},
		{Name: "stub_status of a server", Rule: shown, Conf: in("stub_status;"), Path: "/x", Shows: status},
		{Name: "stub_status of a server, refused above", Rule: shown, Conf: "deny all; " + in("stub_status;"), Path: "/x", Shows: status, Harmless: true},
		{Name: "version", Rule: securityrule.VersionDisclosure, Conf: in(""), Path: "/none", Shows: linttest.Body404("nginx/1.")},
		{Name: "no version", Rule: securityrule.VersionDisclosure, Conf: in("server_tokens off;"), Path: "/none", Shows: linttest.Body404("nginx/1."), Harmless: true},
	}, files)
}
