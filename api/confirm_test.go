package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/pair"
)

// TestCoverageConfirm asks the real nginx whether requests come to what the
// coverage says of them.
func TestCoverageConfirm(t *testing.T) {
	t.Parallel()
	realtest.Need(t, "nginx")
	application := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(application.Close)
	pass := "proxy_pass " + application.URL + ";"
	root := t.TempDir()
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "index.html"), []byte("<title>front</title>"), 0o644); err != nil {
		t.Fatal(err)
	}
	const reached = http.StatusTeapot
	cases := []struct {
		location     string
		method, path string
		body         int
		outcome      api.Outcome
		status       int
	}{
		{"location /pass/ { " + pass + " }", "GET", "/pass/a", 0, api.Reached, reached},
		{"location /limited/ { limit_except GET { deny all; } " + pass + " }", "POST", "/limited/a", 0, api.MethodRefused, 403},
		{"", "HEAD", "/limited/a", 0, api.Reached, reached},
		{"location /front/ { try_files $uri /index.html; }", "GET", "/front/a", 0, api.Fallback, 200},
		{"", "POST", "/front/a", 0, api.Fallback, 405},
		{"location /files/ { }", "GET", "/files/a", 0, api.Files, 404},
		{"", "POST", "/files/a", 0, api.Files, 404},
		{"location /named/ { try_files $uri @app; } location @app { client_max_body_size 1k; " + pass + " }", "GET", "/named/a", 0, api.Reached, reached},
		{"location /named-body/ { client_max_body_size 1k; try_files $uri @large; } location @large { client_max_body_size 9m; " + pass + " }", "POST", "/named-body/a", 2048, api.TooLarge, 413},
		{"location /hop/ { try_files $uri /pass/x?y; }", "GET", "/hop/a", 0, api.Reached, reached},
		{"location /lost/ { error_page 404 = @app; }", "GET", "/lost/a", 0, api.Reached, reached},
		{"location /gone/ { return 410; }", "GET", "/gone/a", 0, api.Refused, 410},
		{"location /moved/ { return 308 /pass/; }", "GET", "/moved/a", 0, api.Redirected, 308},
		{"location /denied/ { deny all; " + pass + " }", "GET", "/denied/a", 0, api.Refused, 403},
		{"location /inside/ { internal; " + pass + " }", "GET", "/inside/a", 0, api.Refused, 404},
		{"location /body/ { client_max_body_size 1k; " + pass + " }", "POST", "/body/a", 1025, api.TooLarge, 413},
		{"", "POST", "/body/b", 1024, api.Reached, reached},
		{"location /default/ { " + pass + " }", "POST", "/default/a", 1<<20 + 1, api.TooLarge, 413},
		{"location /slash/ { " + pass + " }", "GET", "/slash", 0, api.Redirected, 301},
	}
	port := realtest.FreePort(t)
	var conf, contract strings.Builder
	fmt.Fprintf(&conf, "server { listen 127.0.0.1:%d; root %s;\n", port, root)
	contract.WriteString("openapi: 3.0.3\ninfo: {title: a, version: '1'}\n")
	fmt.Fprintf(&contract, "servers: [{url: 'http://127.0.0.1:%d'}]\npaths:\n", port)
	methods := map[string][]string{}
	var order []string
	for _, c := range cases {
		conf.WriteString(c.location + "\n")
		operation := fmt.Sprintf("    %s:\n      responses: {'200': {description: ok}}\n", strings.ToLower(c.method))
		if c.body > 0 {
			operation += fmt.Sprintf("      requestBody: {content: {application/octet-stream: {schema: {type: string, format: binary, maxLength: %d}}}}\n", c.body)
		}
		if methods[c.path] == nil {
			order = append(order, c.path)
		}
		methods[c.path] = append(methods[c.path], operation)
	}
	conf.WriteString("}\n")
	for _, path := range order {
		contract.WriteString("  " + path + ":\n" + strings.Join(methods[path], ""))
	}
	spec, err := api.Load("openapi.yaml", api.LoadOptions{Overlay: map[string]string{"openapi.yaml": contract.String()}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pair.Load([]string{"nginx.conf"}, pair.Options{Overlay: map[string]string{"nginx.conf": conf.String()}})
	if err != nil {
		t.Fatal(err)
	}
	covered := api.Coverage(spec, p)
	realtest.Nginx(t, "user root; events {} http { access_log off; client_body_temp_path "+root+"/body; proxy_temp_path "+root+"/proxy; "+conf.String()+" }", port)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, c := range cases {
		i := slices.IndexFunc(covered, func(o api.Covered) bool { return o.Method == c.method && o.Path == c.path })
		if i < 0 || covered[i].Outcome != c.outcome {
			t.Errorf("%s %s: %v, want %s", c.method, c.path, covered[max(0, i)].Outcome, c.outcome)
		}
		request, err := http.NewRequest(c.method, fmt.Sprintf("http://127.0.0.1:%d%s", port, c.path), bytes.NewReader(make([]byte, c.body)))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.status {
			t.Errorf("%s %s: nginx answers %d, want %d", c.method, c.path, answer.StatusCode, c.status)
		}
	}
}
