package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/bigconf"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
)

func load(src string) *Config {
	return New(nginx.LoadText(nginx.Parse("nginx.conf", src), "", nginx.LoadOptions{}), 0)
}

func TestNew(t *testing.T) {
	t.Parallel()
	c := load(`
http {
    add_header A 1;
    upstream app { server 127.0.0.1:1 weight=3; server unix:/a.sock backup; }
    map $host $name { default x; ~^(?<sub>a) $sub; }
    server {
        listen 8080 default_server;
        listen [::]:443 ssl http2;
        server_name Example.com *.a.com b.* ~^c$;
        location ^~/admin/ { }
        location /x { add_header B 2; location ~ \.php$ { set $foo 1; } }
        location = /y { }
        location @named { }
    }
    server { }
}`)
	if len(c.Servers) != 2 || c.Root.Context != directive.Main || c.HTTP == nil {
		t.Fatalf("servers %d, root %v", len(c.Servers), c.Root.Context)
	}
	s := c.Servers[0]
	var listens []string
	for _, l := range s.Listens {
		listens = append(listens, l.Host)
	}
	if diff := cmp.Diff([]string{"*", "[::]"}, listens); diff != "" {
		t.Error(diff)
	}
	if !s.Listens[0].Default || s.Listens[0].Port != 8080 || !s.Listens[1].SSL || !s.Listens[1].HTTP2 {
		t.Errorf("listens %+v", s.Listens)
	}
	var kinds []NameKind
	for _, n := range s.Names {
		kinds = append(kinds, n.Kind)
	}
	if diff := cmp.Diff([]NameKind{ExactName, LeadingWildcard, TrailingWildcard, RegexName}, kinds); diff != "" {
		t.Error(diff)
	}
	type loc struct {
		Kind    LocationKind
		Pattern string
	}
	var locs []loc
	for _, l := range s.Locations {
		locs = append(locs, loc{l.Kind, l.Pattern})
	}
	if diff := cmp.Diff([]loc{{PrefixNoRegex, "/admin/"}, {Prefix, "/x"}, {Exact, "/y"}, {Named, "@named"}}, locs); diff != "" {
		t.Error(diff)
	}
	nested := s.Locations[1].Locations
	if len(nested) != 1 || nested[0].Kind != Regex || nested[0].Outer != s.Locations[1] {
		t.Errorf("nested locations %+v", nested)
	}
	if got := nested[0].Effective("add_header"); len(got) != 1 || got[0].Arg(0) != "B" {
		t.Errorf("add_header in the nested location: %v", got)
	}
	if got := s.Locations[0].Effective("add_header"); len(got) != 1 || got[0].Arg(0) != "A" {
		t.Errorf("add_header in /admin/: %v", got)
	}
	if u := c.Upstreams["app"]; u == nil || len(u.Servers) != 2 || u.Servers[0].Weight != 3 || !u.Servers[1].Backup {
		t.Errorf("upstream %+v", u)
	}
	for _, name := range []string{"name", "sub", "foo"} {
		if len(c.Variables[name]) == 0 {
			t.Errorf("the variable %s is not known", name)
		}
	}
	if len(c.Find("listen")) != 2 || c.Find("listen")[0].Row == nil {
		t.Error("listen is not found")
	}
	if l := c.Servers[1].Listens; len(l) != 1 || l[0].Port != 80 || l[0].Node != nil {
		t.Errorf("the implied listen: %+v", l)
	}
}

func TestInfer(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]directive.Context{
		"events {} http {}":                         directive.Main,
		"server { listen 80; }":                     directive.HTTP,
		"upstream a { } server { }":                 directive.HTTP,
		"location / { } listen 80;":                 directive.Server,
		"uwsgi_pass a;":                             directive.Location,
		"uwsgi_param A b; uwsgi_param C d;":         directive.Location,
		"# deployctl:context http,server\nroot /x;": directive.Server,
		"gzip on; client_max_body_size 1m;":         directive.HTTP,
		"server 127.0.0.1:1; server 127.0.0.1:2;":   directive.Upstream,
		"worker_connections 10; use epoll;":         directive.Events,
		"":                                          directive.Main,
	} {
		if got := Infer(nginx.Parse("x", src)); got != want {
			t.Errorf("%q: %v, want %v", src, got, want)
		}
	}
}

func TestIncludesInBothPlaces(t *testing.T) {
	t.Parallel()
	f := nginx.Parse("nginx.conf", "http { server { include p; } server { include p; } }")
	cfg := nginx.LoadText(f, "/x/nginx.conf", nginx.LoadOptions{Overlay: map[string]string{"/x/p": "location / { root /r; }"}})
	c := New(cfg, 0)
	if got := c.Find("root"); len(got) != 2 || got[0].Scope == got[1].Scope || got[0].Directive != got[1].Directive {
		t.Errorf("the included directive stands at %d places", len(got))
	}
	if len(c.Servers[0].Locations) != 1 || len(c.Servers[1].Locations) != 1 {
		t.Error("a server lacks its included location")
	}
}

func BenchmarkNew(b *testing.B) {
	tree := nginx.LoadText(nginx.Parse("nginx.conf", bigconf.Nginx(2000)), "", nginx.LoadOptions{})
	b.ReportAllocs()
	for b.Loop() {
		New(tree, 0)
	}
}
