package api_test

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/project"
)

var update = flag.Bool("update", false, "write the golden file")

const folder = "testdata/contract"

// rendered returns the files of the description that routes from a contract.
func rendered(t *testing.T) map[string]string {
	t.Helper()
	p, err := project.Load(filepath.Join(folder, project.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if p, err = api.Routes(p); err != nil {
		t.Fatal(err)
	}
	files, err := gen.Render(p, gen.Options{})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range files {
		texts[f.Path] = string(f.Content)
	}
	return texts
}

func TestRoutesGolden(t *testing.T) {
	t.Parallel()
	got := rendered(t)["nginx.conf"]
	golden := filepath.Join(folder, "nginx.conf")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-golden +got):\n%s", diff)
	}
}

// TestRoutesAreClean lints what is rendered, with the contract's rules.
func TestRoutesAreClean(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range rendered(t) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	spec, err := api.Load(filepath.Join(folder, "openapi.yaml"), api.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pair.Load([]string{dir}, pair.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range lint.Run(p, apirule.All(spec), lint.Options{Also: spec.Files()}).Diagnostics {
		// The front is no part of the contract.
		if d.Rule != "api-undocumented-route" || !strings.Contains(d.Message.String(), "location / ") {
			t.Error(report.Line(d))
		}
	}
}

// TestRealRoutes asks the real nginx and uWSGI for paths in and beside the
// contract.
func TestRealRoutes(t *testing.T) {
	t.Parallel()
	running := realtest.Start(t, rendered(t), "/srv/hello", "../testdata/projects/wsgi")
	for _, c := range []struct {
		method, path string
		body, status int
	}{
		{"GET", "/api/orders", 0, 200},
		{"HEAD", "/api/orders", 0, 200},
		{"DELETE", "/api/orders", 0, 403},
		{"POST", "/api/orders", 12 << 20, 200},
		{"POST", "/api/orders", 14 << 20, 413},
		{"GET", "/api/orders/latest", 0, 200},
		{"DELETE", "/api/orders/latest", 0, 403},
		{"DELETE", "/api/orders/7", 0, 200},
		{"PUT", "/api/orders/7", 0, 403},
		{"PUT", "/api/orders/a%20b/image", 65536, 200},
		{"PUT", "/api/orders/7/image", 65537, 413},
		{"GET", "/api/orders/7/image", 0, 403},
		{"GET", "/api/orders/7/other", 0, 404},
		{"GET", "/api/orders/", 0, 404},
		{"GET", "/api/about%20us/v1.0", 0, 200},
		{"GET", "/api/about%20us/v1x0", 0, 404},
		{"GET", "/api/none", 0, 404},
		{"GET", "/api/", 0, 404},
		{"GET", "/", 0, 200},
		{"DELETE", "/", 0, 403},
	} {
		got := running.Ask(t, c.method, "http://hello.example"+c.path, 80, nil, bytes.NewReader(make([]byte, c.body)))
		if got.Status != c.status {
			t.Errorf("%s %s with %d bytes: %d %s, want %d", c.method, c.path, c.body, got.Status, http.StatusText(got.Status), c.status)
		}
	}
}

func TestRoutesErrors(t *testing.T) {
	t.Parallel()
	p, err := project.Load(filepath.Join(folder, project.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gen.Render(p, gen.Options{}); err == nil || !strings.Contains(err.Error(), "route.api.openapi") {
		t.Errorf("rendered without the contract: %v", err)
	}
	p.Routes[0].Path = "/v2/"
	if _, err := api.Routes(p); err == nil || !strings.Contains(err.Error(), "has no path below /v2/") {
		t.Errorf("a prefix without paths: %v", err)
	}
	p.Routes[0].OpenAPI = "none.yaml"
	if _, err := api.Routes(p); err == nil || !strings.Contains(err.Error(), "route.api.openapi: ") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestRoutesOfOtherDeployments renders no location for a server of the contract
// that is not the description's.
func TestRoutesOfOtherDeployments(t *testing.T) {
	t.Parallel()
	const description = "[project]\nname = shop\nroot = /srv/shop\nmodule = shop:app\n[server.web]\nnames = shop.example, *.shop.example\n[route.api]\npath = /\nopenapi = openapi.yaml\n"
	for servers, want := range map[string][]string{
		"[{url: 'http://shop.example/v1'}, {url: 'https://other.example/v2'}]":       {"= /v1/x"},
		"[{url: 'http://eu.Shop.example/v1'}, {url: 'http://shop.example:8443/v2'}]": {"= /v1/x"},
		"[{url: 'https://other.example/v2'}]":                                        {"= /v2/x"},
		"[{url: '/v3'}, {url: 'https://other.example/v2'}]":                          {"= /v3/x"},
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{
			project.FileName: description,
			"openapi.yaml":   "openapi: 3.0.0\ninfo: {title: a, version: '1'}\nservers: " + servers + "\npaths:\n  /x:\n    get: {responses: {'200': {description: ok}}}\n",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		p, err := project.Load(filepath.Join(dir, project.FileName))
		if err == nil {
			p, err = api.Routes(p)
		}
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range p.Routes {
			if r.Kind != project.ToNothing {
				got = append(got, r.Path)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", servers, diff)
		}
	}
}
