package project

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parsed reads a description, which has to be right.
func parsed(t *testing.T, text string) *Project {
	t.Helper()
	p, err := Parse(FileName, text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const plain = "[project]\nname = shop\nroot = /srv/shop\nmodule = shop.wsgi:application\n"

func TestSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, key, value string
		want             map[string]string // of other keys
	}{
		{"the name takes along what bears it", "project.name", "web", map[string]string{"project.root": "/srv/web", "project.chdir": "/srv/web", "app.endpoint": "unix:/run/web/uwsgi.sock"}},
		{"the folder takes along where it starts", "project.root", "/opt/x", map[string]string{"project.chdir": "/opt/x"}},
		{"accounts of the distribution", "target.os", "rhel", map[string]string{"target.nginx-user": "nginx", "app.user": "nginx", "app.group": "nginx"}},
		{"harakiri stays below", "limits.read-timeout", "20s", map[string]string{"app.harakiri": "15s"}},
		{"TLS has its port and files", "server.main.tls", "own", map[string]string{"server.main.listen": "443", "server.main.certificate": "/etc/ssl/shop.pem"}},
		{"a route's kind", "route.app.kind", "redirect", map[string]string{"route.app.to": "https://example.com/"}},
		{"a new route", "route.api.path", "/api", map[string]string{"routes": "app api", "route.api.kind": "app"}},
		{"files need a slash", "route.api.kind", "files", map[string]string{"route.api.dir": "static", "route.api.path": "/"}},
		{"the list", "routes", "b app", map[string]string{"routes": "b app", "route.b.path": "/"}},
		{"an environment", "env.A", "1", map[string]string{"env.A": "1"}},
	} {
		p := parsed(t, plain)
		if err := p.Set(c.key, c.value); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		c.want[c.key] = c.value
		for key, want := range c.want {
			if got, ok := p.Get(key); !ok || got != want {
				t.Errorf("%s: %s is %q, want %q", c.name, key, got, want)
			}
		}
	}
}

func TestSetRefuses(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"app.procesess":      `no key is called "app.procesess"; the nearest is app.processes`,
		"limit.body":         `no key is called "limit.body"; the nearest is limits.body`,
		"server.main.nmaes":  `no key is called "server.main.nmaes"; the nearest is server.main.names`,
		"route..path":        `no key is called "route..path"`,
		"app.processes":      `"x" is no number from 1 to 4096`,
		"route.app.kind":     `"x" is not one of app, files, spa, redirect, upstream, nothing`,
		"project.x.name":     `no key is called "project.x.name"; the nearest is env.x.name`,
		"route.new.kind":     `"x" is not one of app, files, spa, redirect, upstream, nothing`,
		"limits.body":        `"x" is no size: write bytes, 8k, 10m or 1g`,
		"server.main.hsts":   `"x" is no time: write 60s, 5m, 1h or 365d`,
		"app.lazy-apps":      `"x" is neither true nor false`,
		"backend.one.weight": `"x" is no number from 1 to 1000`,
	} {
		p := parsed(t, plain)
		before := p.Clone()
		err := p.Set(key, "x")
		if key == "project.x.name" {
			if err == nil {
				t.Errorf("%s is taken", key)
			}
			continue
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", key, err, want)
		}
		if diff := cmp.Diff(before, p); diff != "" {
			t.Errorf("%s: refused, and changed all the same:\n%s", key, diff)
		}
	}
}

// What Changes says brings every description to every other one.
func TestChanges(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/descriptions/*.ini")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		to, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{plain, strings.Replace(plain, "/srv/shop", "/opt", 1) + "[server.a]\nnames = a.example\n[server.b]\nnames = b.example\n[route.x]\npath = /x/\n[route.y]\n"} {
			from := parsed(t, text)
			got := from.Clone()
			for _, change := range Changes(from, to) {
				if err := got.Set(change.Key, change.Value); err != nil {
					t.Errorf("%s: %s: %v", file, change, err)
				}
			}
			got.RawUwsgi, got.Lint, to.Lint, got.Path = to.RawUwsgi, nil, nil, to.Path
			if diff := cmp.Diff(to, got); diff != "" {
				t.Errorf("%s: %v leave a difference:\n%s", file, Changes(from, to), diff)
			}
		}
		if again := Changes(to, to); len(again) > 0 {
			t.Errorf("%s: from itself: %v", file, again)
		}
	}
	from, to := parsed(t, plain), parsed(t, plain)
	if err := to.Set("project.name", "web"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Change{{"project.name", "web"}}, Changes(from, to)); diff != "" {
		t.Error(diff)
	}
}
