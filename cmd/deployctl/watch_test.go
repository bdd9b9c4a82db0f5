package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWatch changes the application, then the configuration, then breaks it.
func TestWatch(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	_, url := p.up(t, "--watch", "--nginx", "embedded", "--uwsgi", "embedded")
	app := filepath.Join(p.dir, "hello.py")
	p.edit(t, app, `"path": environ["PATH_INFO"]`, `"path": "changed"`)
	await(t, url+"x", http.StatusOK, `"path": "changed"`)
	conf := filepath.Join(p.dir, "deploy", "nginx.conf")
	p.edit(t, conf, "location / {", "location = /new {\n            return 410;\n        }\n        location / {")
	await(t, url+"new", http.StatusGone, "")
	p.edit(t, conf, "return 410;", "return 410")
	deadline := time.Now().Add(10 * time.Second)
	for {
		out, err := p.command(t, "logs").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if strings.Contains(string(out), "not reloaded, the old configuration goes on: ") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log says nothing of the broken configuration:\n%s", out)
		}
		time.Sleep(20 * time.Millisecond)
	}
	await(t, url+"new", http.StatusGone, "")
}

func (p *program) edit(t *testing.T, path, old, replacement string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, replacement, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// await asks until the answer is what it has to become.
func await(t *testing.T, url string, status int, part string) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		r, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if r.StatusCode == status && strings.Contains(string(body), part) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s answers %d %s, want %d with %q", url, r.StatusCode, body, status, part)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
