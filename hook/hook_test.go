package hook

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/diag"
)

const (
	nginxText = "events {}\nhttp {\n    server {\n        listen 80;\n        location / {\n            uwsgi_pass 127.0.0.1:3031;\n        }\n    }\n}\n"
	uwsgiText = "[uwsgi]\nmodule = app\nsocket = 127.0.0.1:3031\n"
)

// tree writes files below a temporary folder and makes it the current one.
func tree(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

func TestDeployments(t *testing.T) {
	tree(t, map[string]string{
		"a/nginx.conf": nginxText, "a/app/uwsgi.ini": uwsgiText,
		"b/deployctl.ini": "[project]\n", "b/deploy/nginx.conf": nginxText, "b/deploy/uwsgi.ini": uwsgiText,
		"c/only/nginx.conf": nginxText, "tox.ini": "[tox]\n", "package.json": "{}", "readme.conf": "hello\n",
	})
	for _, c := range []struct{ files, want []string }{
		{[]string{"a/app/uwsgi.ini"}, []string{"a"}},
		{[]string{"a/nginx.conf", "./a/app/uwsgi.ini"}, []string{"a"}},
		{[]string{"b/deploy/uwsgi.ini"}, []string{"b/deploy"}},
		{[]string{"c/only/nginx.conf"}, []string{"."}},
		{[]string{"tox.ini", "package.json", "readme.conf", "deployctl.ini", ""}, nil},
		{[]string{"a/gone.ini"}, []string{"a"}},
		{[]string{"a/gone.txt"}, nil},
		{[]string{"a/app/uwsgi_params"}, []string{"a"}},
	} {
		var dirs []string
		for _, d := range deployments(c.files) {
			dirs = append(dirs, d.dir)
		}
		if diff := cmp.Diff(c.want, dirs); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.files, diff)
		}
	}
	if diff := cmp.Diff([]string{"b"}, Projects([]string{"b/deploy/uwsgi.ini", "b/deployctl.ini", "a/nginx.conf"}, "deploy")); diff != "" {
		t.Errorf("projects (-want +got):\n%s", diff)
	}
}

func TestLint(t *testing.T) {
	tree(t, map[string]string{
		"a/nginx.conf": "worker_processes 1;\n" + nginxText, "a/app/uwsgi.ini": "[uwsgi]\nmodule = app\nsocket = 127.0.0.1:3032\nprocesses = 2\nprocesses = 3\n",
	})
	verdict := func(files ...string) (map[string]bool, *Verdict) {
		v, err := Lint(files, apirule.Bind(false), nil)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, d := range v.Result.Diagnostics {
			found[d.Rule] = true
		}
		return found, v
	}
	found, v := verdict("a/app/uwsgi.ini")
	if !v.Fails || !found["pair-socket-mismatch"] || !found["uwsgi-duplicate-key"] || found["nginx-worker-limits"] || v.Elsewhere == 0 {
		t.Errorf("the uWSGI side: fails %v, %v, %d elsewhere", v.Fails, found, v.Elsewhere)
	}
	found, v = verdict("a/nginx.conf")
	if !v.Fails || !found["pair-socket-mismatch"] || found["uwsgi-duplicate-key"] || !found["nginx-worker-limits"] {
		t.Errorf("the nginx side: fails %v, %v", v.Fails, found)
	}
	if _, v = verdict("README"); v.Fails || v.Result.Files != 0 {
		t.Errorf("another file: %+v", v)
	}
}

// TestLintContract holds a commit against the contract that the description
// names, and goes on without one that cannot be read.
func TestLintContract(t *testing.T) {
	contract := "openapi: 3.0.3\ninfo: {title: shop, version: '1'}\npaths:\n  /orders:\n    get:\n      responses: {'200': {description: ok}}\n"
	server := "events {}\nhttp {\n    server {\n        listen 80;\n        location /static/ {\n            root /srv;\n        }\n    }\n}\n"
	tree(t, map[string]string{"deployctl.ini": "[project]\nname = shop\nopenapi = openapi.yaml\n", "openapi.yaml": contract, "nginx.conf": server})
	v, err := Lint([]string{"nginx.conf"}, apirule.Bind(false), nil)
	if err != nil || len(v.Unread) > 0 {
		t.Fatal(err, v.Unread)
	}
	found := false
	for _, d := range v.Result.Diagnostics {
		found = found || strings.HasPrefix(d.Rule, "api-")
	}
	if !found {
		t.Errorf("nothing is said of the contract: %v", v.Result.Diagnostics)
	}
	if err := os.WriteFile("openapi.yaml", []byte("swagger: '2.0'\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	v, err = Lint([]string{"nginx.conf"}, apirule.Bind(false), nil)
	if err != nil || len(v.Unread) != 1 || v.Result.Files == 0 {
		t.Errorf("%v, %v, %d files", err, v.Unread, v.Result.Files)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	ours, theirs := diag.NewFile("a/x.conf", ""), diag.NewFile("a/y.conf", "")
	changed := map[string]bool{"a/x.conf": true}
	at := func(f *diag.File) diag.Location { return diag.Location{File: f} }
	for name, c := range map[string]struct {
		d    diag.Diagnostic
		want bool
	}{
		"in it":          {diag.Diagnostic{Rule: "nginx-x", Location: at(ours)}, true},
		"elsewhere":      {diag.Diagnostic{Rule: "nginx-x", Location: at(theirs)}, false},
		"about both":     {diag.Diagnostic{Rule: "pair-x", Location: at(theirs)}, true},
		"with a place":   {diag.Diagnostic{Rule: "nginx-x", Location: at(theirs), Related: []diag.Related{{Location: at(ours)}}}, true},
		"with a fix":     {diag.Diagnostic{Rule: "nginx-x", Location: at(theirs), Fix: &diag.Fix{Edits: []diag.Edit{{File: ours}}}}, true},
		"with other fix": {diag.Diagnostic{Rule: "nginx-x", Location: at(theirs), Fix: &diag.Fix{Edits: []diag.Edit{{File: theirs}}}}, false},
	} {
		if got := answers(c.d, changed); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFormat(t *testing.T) {
	messy := "user   a;\n"
	tree(t, map[string]string{"a.conf": messy, "tox.ini": "[tox]\na=1\n", "broken.conf": "user a;\nhttp {\n", "uwsgi_params": "uwsgi_param  A  b;\n", "package.json": "{}"})
	changes, err := Format([]string{"a.conf", "tox.ini", "broken.conf", "uwsgi_params", "package.json", "gone.conf"})
	if err != nil || len(changes) != 1 || changes[0].Path != "a.conf" || changes[0].New != "user a;\n" {
		t.Errorf("%+v, %v", changes, err)
	}
	if changes, err = Format([]string{"tox.ini"}); err != nil || changes != nil {
		t.Errorf("a file that is none of ours: %+v, %v", changes, err)
	}
}
