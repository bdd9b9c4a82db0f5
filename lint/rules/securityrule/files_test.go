package securityrule_test

import (
	"testing"

	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/rules/securityrule"
)

// TestFiles asks nginx for files that nobody should get.
func TestFiles(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"secret.txt": "top secret", "static/a.css": "body{}", "static-old/x": "top secret", ".git/config": "top secret", ".env": "top secret",
		"shop/settings.py": "top secret", "index.html": "welcome", "list/backup.sql": "top secret", ".well-known/x": "challenge",
	}
	secret := linttest.Body("top secret")
	in := func(server string) string { return "server { listen @LISTEN@; " + server + " }" }
	alias, dot, source, system := securityrule.AliasTraversal, securityrule.DotfilesExposed, securityrule.PathDisclosure, securityrule.FilesystemExposed
	linttest.Confirm(t, []linttest.Claim{
		{Name: "no slash", Rule: alias, Conf: in("location /static { alias @DIR@/static/; }"), Path: "/static../secret.txt", Shows: secret},
		{Name: "no slash before regular expressions", Rule: alias, Conf: in("location ^~ /static { alias @DIR@/static/; }"), Path: "/static../secret.txt", Shows: secret},
		{Name: "encoded", Rule: alias, Conf: in("location /static { alias @DIR@/static/; }"), Path: "/static%2e%2e/secret.txt", Shows: secret},
		{Name: "slashes", Rule: alias, Conf: in("location /static/ { alias @DIR@/static/; }"), Path: "/static/%2e%2e/secret.txt", Shows: secret, Harmless: true},
		{Name: "slashes, asked without", Rule: alias, Conf: in("location /static/ { alias @DIR@/static/; }"), Path: "/static../secret.txt", Shows: secret, Harmless: true},
		{Name: "exact", Rule: alias, Conf: in("location = /static { alias @DIR@/static/; }"), Path: "/static../secret.txt", Shows: secret, Harmless: true},
		{Name: "refused by another location", Rule: alias, Conf: in("location /static { alias @DIR@/static/; } location ~ \\.\\./ { return 403; }"), Path: "/static../secret.txt", Shows: secret, Harmless: true},
		{Name: "names that start alike", Rule: alias, Conf: in("location /static { alias @DIR@/static; }"), Path: "/static-old/x", Shows: secret},
		{Name: "one file", Rule: alias, Conf: in("location /robots.txt { alias @DIR@/index.html; }"), Path: "/robots.txt../secret.txt", Shows: secret, Harmless: true},
		{Name: "root", Rule: alias, Conf: in("location /static { root @DIR@; }"), Path: "/static../secret.txt", Shows: secret, Harmless: true},
		{Name: "regular expression with its slash", Rule: alias, Conf: in("location ~ ^/static/(.*)$ { alias @DIR@/static/$1; }"), Path: "/static/%2e%2e/secret.txt", Shows: secret, Harmless: true},
		{Name: "regular expression without a slash", Rule: alias, Conf: in("location ~ ^/static(.*)$ { alias @DIR@/static/$1; }"), Path: "/static../secret.txt", Shows: secret},
		{Name: "regular expression with a named capture", Rule: alias, Conf: in("location ~ /static(?<file>.+) { alias @DIR@/static/$file; }"), Path: "/static../secret.txt", Shows: secret},
		{Name: "regular expression of one ending", Rule: alias, Conf: in("location ~ ^/static(.*\\.txt)$ { alias @DIR@/static/$1; }"), Path: "/static../secret.txt", Shows: secret},
		{Name: "regular expression of words", Rule: alias, Conf: in("location ~ ^/static(\\w*)$ { alias @DIR@/static/$1; }"), Path: "/static../secret.txt", Shows: secret, Harmless: true},
		{Name: "regular expression without a folder above", Rule: alias, Conf: in("location ~ ^/static([^/]*)$ { alias @DIR@/static/$1; }"), Path: "/static../secret.txt", Shows: secret, Harmless: true},
		{Name: "regular expression, glued to the folder", Rule: alias, Conf: in("location ~ ^/static(.*)$ { alias @DIR@/static$1; }"), Path: "/static../secret.txt", Shows: secret, Harmless: true},
		{Name: "regular expression with an optional slash", Rule: alias, Conf: in("location ~ ^/static/?(.*)$ { alias @DIR@/static/$1; }"), Path: "/static../secret.txt", Shows: secret},
		{Name: "version control", Rule: dot, Conf: in("root @DIR@;"), Path: "/.git/config", Shows: secret},
		{Name: "environment", Rule: dot, Conf: in("location / { root @DIR@; try_files $uri /index.html; }"), Path: "/.env", Shows: secret},
		{Name: "alias of everything", Rule: dot, Conf: in("location / { alias @DIR@/; }"), Path: "/.env", Shows: secret},
		{Name: "refused", Rule: dot, Conf: in("root @DIR@; location ~ /\\. { deny all; }"), Path: "/.git/config", Shows: secret, Harmless: true},
		{Name: "refused but for challenges", Rule: dot, Conf: in("root @DIR@; location ~ /\\.(?!well-known) { return 404; }"), Path: "/.env", Shows: secret, Harmless: true},
		{Name: "refused by an if", Rule: dot, Conf: in("root @DIR@; if ($uri ~ /\\.) { return 404; }"), Path: "/.env", Shows: secret, Harmless: true},
		{Name: "refused by a rewrite", Rule: dot, Conf: in("root @DIR@; rewrite /\\. /none last;"), Path: "/.env", Shows: secret, Harmless: true},
		{Name: "given to an application", Rule: dot, Conf: in("root @DIR@; location / { proxy_pass http://@BACK@; }"), Path: "/.env", Shows: secret, Harmless: true},
		{Name: "asked of an application first", Rule: dot, Conf: in("root @DIR@/static; location / { try_files /none @app; } location @app { proxy_pass http://@BACK@; }"), Path: "/.env", Shows: secret, Harmless: true},
		{Name: "one folder", Rule: dot, Conf: in("location /static/ { root @DIR@; }"), Path: "/.env", Shows: secret, Harmless: true},
		{Name: "for readers of the name alone", Rule: dot, Conf: in("root @DIR@; auth_basic x; auth_basic_user_file /dev/null;"), Path: "/.env", Shows: secret, Harmless: true},
		{Name: "history as root", Rule: source, Conf: in("location /h/ { alias @DIR@/.git/; }"), Path: "/h/config", Shows: secret},
		{Name: "source by its ending", Rule: source, Conf: in("root @DIR@; location / { return 404; } location ~ \\.(py|css)$ { expires 1h; }"), Path: "/shop/settings.py", Shows: secret},
		{Name: "source refused by its ending", Rule: source, Conf: in("root @DIR@; location ~ \\.(py|ini)$ { return 404; }"), Path: "/shop/settings.py", Shows: secret, Harmless: true},
		{Name: "source denied by its ending", Rule: source, Conf: in("root @DIR@; location ~ \\.(py|ini)$ { deny all; }"), Path: "/shop/settings.py", Shows: secret, Harmless: true},
		{Name: "source of internal requests", Rule: source, Conf: in("root @DIR@; location / { return 404; } location ~ \\.(py|css)$ { internal; }"), Path: "/shop/settings.py", Shows: secret, Harmless: true},
		{Name: "a folder of the system", Rule: system, Conf: in("location / { root /etc; }"), Path: "/passwd", Shows: linttest.Body("root:")},
		{Name: "everything", Rule: system, Conf: in("root /;"), Path: "/etc/passwd", Shows: linttest.Body("root:")},
		{Name: "everything by alias", Rule: system, Conf: in("location /files/ { alias /; }"), Path: "/files/etc/passwd", Shows: linttest.Body("root:")},
		{Name: "root with a folder of the system in the location", Rule: system, Conf: in("location /etc/ { root /; }"), Path: "/etc/passwd", Shows: linttest.Body("root:")},
		{Name: "root of one folder", Rule: system, Conf: in("location /static/ { root /; }"), Path: "/etc/passwd", Shows: linttest.Body("root:"), Harmless: true},
		{Name: "root that only a pass inherits", Rule: system, Conf: in("root /; location / { proxy_pass http://@BACK@; }"), Path: "/etc/passwd", Shows: linttest.Body("root:"), Harmless: true},
		{Name: "root that a redirect inherits", Rule: system, Conf: in("root /; return 404;"), Path: "/etc/passwd", Shows: linttest.Body("root:"), Harmless: true},
		{Name: "a folder's list", Rule: securityrule.Autoindex, Conf: in("root @DIR@; location /list/ { autoindex on; }"), Path: "/list/", Shows: linttest.Body("backup.sql")},
		{Name: "a list for some", Rule: securityrule.Autoindex, Conf: in("root @DIR@; location /list/ { autoindex on; allow 192.0.2.1; deny all; }"), Path: "/list/", Shows: linttest.Body("backup.sql"), Harmless: true},
		{Name: "no list", Rule: securityrule.Autoindex, Conf: in("root @DIR@; location /list/ { autoindex off; }"), Path: "/list/", Shows: linttest.Body("backup.sql"), Harmless: true},
	}, files)
}
