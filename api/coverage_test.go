package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/pair"
)

// shop returns a contract with some paths, below the servers.
func shop(servers, paths string) string {
	return "openapi: 3.0.3\ninfo: {title: Shop, version: '1'}\nservers: [" + servers + "]\npaths:\n" + paths
}

const (
	orders = "  /api/orders:\n    get: {responses: {'200': {description: ok}}}\n"
	post   = "  /api/orders:\n    post: {responses: {'200': {description: ok}}}\n"
	upload = "  /api/files:\n    post:\n      requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {file: {type: string, format: binary}}}}}}\n      responses: {'200': {description: ok}}\n"
)

func contract(t *testing.T, text string) *Spec {
	t.Helper()
	s, err := Load("openapi.yaml", LoadOptions{Overlay: map[string]string{"openapi.yaml": text}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func configured(t *testing.T, text string) *pair.Pair {
	t.Helper()
	p, err := pair.Load([]string{"nginx.conf"}, pair.Options{Overlay: map[string]string{"nginx.conf": text}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// outcomes returns a coverage in one line.
func outcomes(all []Covered) string {
	var parts []string
	for _, c := range all {
		at := "-"
		if c.Location != nil {
			at = Title(c.Location)
		}
		parts = append(parts, fmt.Sprintf("%s %s %s: %s", c.Method, c.URL, at, c.Outcome))
	}
	return strings.Join(parts, "; ")
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	const app = "uwsgi_pass 127.0.0.1:3031;"
	server := func(body string) string { return "server { listen 80; server_name shop.test; " + body + " }" }
	for _, c := range []struct{ name, servers, paths, conf, want string }{
		{"reached", "{url: 'http://shop.test'}", orders, server("location /api/ { " + app + " }"), "GET http://shop.test/api/orders location /api/: reached"},
		{"the contract's server has a path", "{url: 'http://shop.test/v2/'}", orders, server("location /v2/ { " + app + " }"), "GET http://shop.test/v2/api/orders location /v2/: reached"},
		{"a contract without servers", "", orders, server("location /api/ { " + app + " }"), "GET /api/orders location /api/: reached"},
		{"it finds the server that serves", "", orders, "server { listen 80; return 301 https://$host$request_uri; } " + strings.Replace(server("location /api/ { "+app+" }"), "80", "443", 1), "GET /api/orders location /api/: reached"},
		{"the front end's page", "", orders, server("location / { root /srv; try_files $uri /index.html; } location /other/ { " + app + " }"), "GET /api/orders location /: fallback"},
		{"try_files leads to the application", "", orders, server("location / { try_files $uri @app; } location @app { " + app + " }"), "GET /api/orders location /: reached"},
		{"try_files leads to another location", "", orders, server("location / { try_files $uri /app?x; } location = /app { " + app + " }"), "GET /api/orders location = /app: reached"},
		{"try_files goes round in circles", "", orders, server("location / { try_files $uri /b; }"), "GET /api/orders location /: files"},
		{"error_page leads to the application", "", orders, server("location / { root /srv; error_page 404 = @app; } location @app { " + app + " }"), "GET /api/orders location /: reached"},
		{"files", "", orders, server("location / { root /srv; }"), "GET /api/orders location /: files"},
		{"no location at all", "", orders, server("root /srv;"), "GET /api/orders -: files"},
		{"return", "", orders, server("location /api/ { return 404; }"), "GET /api/orders location /api/: refused"},
		{"return of the server", "", orders, server("return 444;"), "GET /api/orders -: refused"},
		{"a redirect", "", orders, server("location /api/ { return 308 https://x$request_uri; }"), "GET /api/orders location /api/: redirected"},
		{"deny", "", orders, server("deny all; location /api/ { " + app + " }"), "GET /api/orders location /api/: refused"},
		{"deny for some", "", orders, server("allow 10.0.0.0/8; deny all; location /api/ { " + app + " }"), "GET /api/orders location /api/: reached"},
		{"internal", "", orders, server("location /api/ { internal; " + app + " }"), "GET /api/orders location /api/: refused"},
		{"a method", "", post, server("location /api/ { limit_except GET { deny all; } " + app + " }"), "POST /api/orders location /api/: method-refused"},
		{"a method that some may use", "", post, server("location /api/ { limit_except GET { allow 10.0.0.1; deny all; } " + app + " }"), "POST /api/orders location /api/: reached"},
		{"an upload and the default", "", upload, server("location /api/ { " + app + " }"), "POST /api/files location /api/: too-large"},
		{"an upload and a limit that was chosen", "", upload, "http { client_max_body_size 2m; " + server("location /api/ { "+app+" }") + " }", "POST /api/files location /api/: reached"},
		{"the limit of the first location counts", "", upload, server("location / { client_max_body_size 9m; try_files $uri @app; } location @app { client_max_body_size 1k; " + app + " }"), "POST /api/files location /: reached"},
		{"no server", "{url: 'http://shop.test:81'}", orders, "server { listen 80; server_name other.test; location / { " + app + " } }", "GET http://shop.test:81/api/orders -: no-server"},
		{"another deployment", "{url: 'http://localhost:5000'}, {url: 'http://shop.test'}", orders, server("location / { " + app + " }"), "GET http://shop.test/api/orders location /: reached"},
		{"TLS ends in front", "{url: 'https://shop.test'}", orders, server("location / { " + app + " }"), "GET https://shop.test/api/orders location /: reached"},
		{"TLS ends in front of a server for all names", "{url: 'https://shop.test'}", orders, "server { listen 80; location / { " + app + " } }", "GET https://shop.test/api/orders location /: reached"},
		{"another program has the usual ports", "{url: 'http://shop.test'}", orders, "server { listen 8080; location / { " + app + " } }", "GET http://shop.test/api/orders location /: reached"},
		{"another program has the usual ports, and TLS", "{url: 'https://shop.test'}", orders, "server { listen 8080; server_name shop.test; location / { " + app + " } }", "GET https://shop.test/api/orders location /: reached"},
		{"nginx has the usual ports itself", "{url: 'http://shop.test'}", orders, "server { listen 8080; location / { " + app + " } } server { listen 443 ssl; location / { " + app + " } }", "GET http://shop.test/api/orders -: no-server"},
		{"a rewrite", "", orders, server("rewrite ^/api/(.*) /x/$1; location / { root /srv; } location /x/ { " + app + " }"), "GET /api/orders location /: unclear"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, outcomes(Coverage(contract(t, shop(c.servers, c.paths)), configured(t, c.conf)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUndocumented(t *testing.T) {
	t.Parallel()
	p := configured(t, `server { listen 80;
		location /api/ { location /api/old/ { uwsgi_pass a:1; } uwsgi_pass a:1; }
		location /admin/ { uwsgi_pass a:1; }
		location /static/ { root /srv; }
		location /inner/ { internal; uwsgi_pass a:1; }
		location @x { uwsgi_pass a:1; }
	}
	server { listen 81; server_name other; location /x { return 200; } }`)
	var got []string
	for _, l := range Undocumented(Coverage(contract(t, shop("", orders)), p), p) {
		got = append(got, Title(l))
	}
	if diff := cmp.Diff([]string{"location /api/old/", "location /admin/"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoadErrors(t *testing.T) {
	t.Parallel()
	big := "openapi: 3.0.0\n#" + strings.Repeat("x", MaxFile)
	aliases := "openapi: 3.0.0\ninfo: {title: a, version: '1'}\nx-a: &a [1,1,1,1,1,1,1,1,1]\n"
	for c := 'b'; c < 'z'; c++ {
		aliases += fmt.Sprintf("x-%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"a lost part":   {"openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths:\n  /x:\n    $ref: '#/components/pathItems/None'\n", "a.yaml:5: "},
		"swagger":       {"swagger: '2.0'\ninfo: {title: a, version: '1'}\npaths: {}", "Swagger 2.0"},
		"no version":    {"info: {title: a, version: '1'}\npaths: {}", `openapi: ""`},
		"broken YAML":   {"openapi: 3.0.0\ninfo: {\npaths: {}", "a.yaml:3: "},
		"a wrong type":  {"openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths:\n  /x:\n    get: 5\n", "a.yaml:5: "},
		"a lost file":   {"openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths:\n  /x: {$ref: 'none.yaml'}\n", "a.yaml:4: "},
		"a device":      {"openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths:\n  /x: {$ref: '/dev/zero'}\n", "/dev/zero is no file"},
		"the network":   {"openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths:\n  /x: {$ref: 'http://127.0.0.1:9/'}\n", "nothing is fetched"},
		"aliases":       {aliases, "alias"},
		"empty":         {"", "OpenAPI"},
		"deep":          {"openapi: 3.0.0\nx-a: " + strings.Repeat("[", 200_000), ""},
		"another shape": {"[1, 2]", ""},
	} {
		_, err := Load(dir+"/a.yaml", LoadOptions{Overlay: map[string]string{dir + "/a.yaml": c.text}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), dir+"/a.yaml:") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := bounded("x", strings.NewReader(big)); err == nil || !strings.Contains(err.Error(), "larger than 16 MiB") {
		t.Errorf("a file that is too large: %v", err)
	}
}

// TestCycles reads schemas that refer to one another without end.
func TestCycles(t *testing.T) {
	t.Parallel()
	text := shop("", "  /a:\n    post:\n      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}\n      responses: {'200': {description: ok}}\n") +
		"components:\n  schemas:\n    A: {type: object, properties: {b: {$ref: '#/components/schemas/B'}, a: {$ref: '#/components/schemas/A'}}}\n" +
		"    B: {allOf: [{$ref: '#/components/schemas/A'}, {type: object, properties: {x: {type: string, maxLength: 5}}}]}\n"
	old, now := contract(t, text), contract(t, strings.Replace(text, "maxLength: 5", "maxLength: 3", 1))
	found, err := Changes(old, now, nil, true)
	if err != nil || len(found) == 0 {
		t.Errorf("%d changes: %v", len(found), err)
	}
	if all := Coverage(old, configured(t, "server { location / { proxy_pass http://a; } }")); len(all) != 1 || all[0].Outcome != Reached {
		t.Errorf("%s", outcomes(all))
	}
}

func TestExample(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/a/{id}/b/{x}": "/a/1/b/2", "/a": "/a", "/{a": "/a", "/{}": "/1", "/a.{ext}": "/a.1"} {
		o := Operation{Path: path}
		if got := o.Example(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
