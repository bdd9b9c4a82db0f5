package pair

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// load joins texts that stand in no file; those of uWSGI end with .ini.
func load(t testing.TB, texts map[string]string) *Pair {
	t.Helper()
	var paths []string
	for name := range texts {
		paths = append(paths, name)
	}
	p, err := Load(paths, Options{Overlay: texts})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestBinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"each kind of socket", "socket = :1\nuwsgi-socket = :2\nhttp-socket = :3\nhttp11-socket = :4\nhttps-socket = :5,cert,key\nfastcgi-socket = :6\nscgi-socket = :7\nsuwsgi-socket = :8,cert,key\npuwsgi-socket = :9\n",
			[]string{":1 uwsgi", ":2 uwsgi", ":3 http", ":4 http", ":5 https", ":6 fastcgi", ":7 scgi", ":8 suwsgi", ":9 puwsgi"}},
		{"the protocol of socket alone is changed", "socket = :1\nuwsgi-socket = :2\nprotocol = http\n", []string{":1 http", ":2 uwsgi"}},
		{"an unknown protocol", "socket = :1\nsocket-protocol = gopher\n", []string{":1 uwsgi"}},
		{"listeners that are not for nginx", "http = :1\nstats = :2\nfastrouter = :3\nhttps = :4,cert,key\n", []string{":1 http -", ":2 stats -", ":3 uwsgi -", ":4 https -"}},
		{"shared sockets", "shared-socket = :1\nshared-socket = :2\nhttp-socket = =1\nsocket = =0\nsocket = =7\n", []string{":2 http", ":1 uwsgi", ":0 uwsgi ?"}},
		{"a name is bound once", "socket = :1\nhttp-socket = :1\nsocket = a\nsocket = ./a\nchdir = /srv\n", []string{":1 uwsgi", "/srv/a uwsgi", "/srv/a uwsgi"}},
		{"after chdir", "socket = app.sock\nchdir = /srv/app\n", []string{"/srv/app/app.sock uwsgi"}},
		{"chdir not known", "socket = app.sock\nsocket = /run/app.sock\n", []string{"app.sock uwsgi ?", "/run/app.sock uwsgi"}},
		{"chdir from the environment", "socket = app.sock\nchdir = $(HOME)\n", []string{"app.sock uwsgi ?"}},
		{"below a chroot", "chroot = /srv\nsocket = /app.sock\nsocket = :1\n", []string{"/app.sock uwsgi ?", ":1 uwsgi"}},
		{"abstract", "abstract-socket = true\nsocket = app.sock\nsocket = :1\nstats = /s\n", []string{"@app.sock uwsgi", ":1 uwsgi", "/s stats -"}},
		{"a placeholder", "name = shop\nsocket = /run/%(name).sock\nsocket = /run/$(NAME).sock\n", []string{"/run/shop.sock uwsgi", "/run/$(NAME).sock uwsgi ?"}},
		{"a place that depends on the file's", "socket = %d/app.sock\n", []string{"? uwsgi ?"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, map[string]string{"app.ini": "[uwsgi]\n" + c.src})
			var got []string
			for _, b := range p.Binds {
				s := fmt.Sprintf("%s %s", b.Endpoint, b.Protocol)
				if b.guessed {
					s = "? " + string(b.Protocol)
				}
				if !b.ForNginx {
					s += " -"
				}
				if b.Unknown {
					s += " ?"
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("binds (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPasses(t *testing.T) {
	t.Parallel()
	location := func(s string) string { return "server {\n location / {\n" + s + "\n}\n}\n" }
	for _, c := range []struct {
		name, src string
		want      []string // protocol, address, URI
	}{
		{"each kind", location("uwsgi_pass 127.0.0.1:1;\nproxy_pass http://h;\nfastcgi_pass unix:/f;\nscgi_pass h:4;\ngrpc_pass grpc://h:5;"),
			[]string{"uwsgi 127.0.0.1:1", "http h:80", "fastcgi /f", "scgi h:4", "grpc h:5"}},
		{"schemes", location("uwsgi_pass suwsgi://h:1;\nproxy_pass https://h/x;"), []string{"suwsgi h:1", "https h:443 /x"}},
		{"in an if", location("if ($arg_x) { uwsgi_pass h:1; }"), []string{"uwsgi h:1"}},
		{"an upstream", "upstream app { server h:1; server unix:/a weight=2; server k; }\n" + location("uwsgi_pass app;"), []string{"uwsgi h:1 app", "uwsgi /a app", "uwsgi k:80 app"}},
		{"an upstream with a URI", "upstream app { server h:1; }\n" + location("proxy_pass http://app/x/;"), []string{"http h:1 /x/ app"}},
		{"an upstream that is not here", location("uwsgi_pass app;"), []string{"uwsgi app:0 ?"}},
		{"set", location("set $a h:1;\nuwsgi_pass $a;"), []string{"uwsgi h:1"}},
		{"set, part of it", location("set $p 1;\nproxy_pass http://h:$p/x;"), []string{"http h:1 /x"}},
		{"set in another server", "server { set $a h:2; location / { uwsgi_pass $a; } }\n" + location("set $a h:1;\nuwsgi_pass $a;"), []string{"uwsgi h:2", "uwsgi h:1"}},
		{"map", "map $uri $a { default h:1; ~x h:2; }\n" + location("uwsgi_pass $a;"), []string{"uwsgi h:1", "uwsgi h:2"}},
		{"map to upstreams", "upstream u { server h:1; }\nmap $uri $a { hostnames; default u; x ${b}:2; }\nmap $uri $b { default k; }\n" + location("uwsgi_pass $a;"), []string{"uwsgi h:1 u", "uwsgi k:2"}},
		{"a variable of itself", "map $uri $a { default $a; }\n" + location("uwsgi_pass $a;"), []string{"uwsgi $a:0 ?"}},
		{"a capture", "server {\n server_name ~^(?<a>.+)$;\n location / { uwsgi_pass unix:/run/$a.sock; }\n}\n", []string{"uwsgi /run/$a.sock ?"}},
		{"a variable of nginx", location("proxy_pass http://$host:81;"), []string{"http $host:81 ?"}},
		{"envsubst", location("uwsgi_pass ${BACKEND}:1;"), []string{"uwsgi ${backend}:1 ?"}},
		{"a stream", "stream { upstream u { server h:1; }\n server { listen 5; proxy_pass u; }\n}\n", []string{" h:1 u"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, via := range load(t, map[string]string{"a.conf": c.src}).Passes {
				for _, to := range via.Targets {
					s := fmt.Sprintf("%s %s", via.Protocol, to.Endpoint)
					if via.URI != "" {
						s += " " + via.URI
					}
					if to.Upstream != nil {
						s += " " + to.Upstream.Name
					}
					if to.Unknown {
						s += " ?"
					}
					got = append(got, s)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("targets (-want +got):\n%s", diff)
			}
		})
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target, bind string
		want         bool
	}{
		{"127.0.0.1:1", "127.0.0.1:1", true},
		{"127.0.0.1:1", "127.0.0.1:2", false},
		{"127.0.0.1:1", ":1", true},
		{"127.0.0.1:1", "0.0.0.0:1", true},
		{"127.0.0.1:1", "[::]:1", true},
		{"[::1]:1", "[::]:1", true},
		{"[0:0::1]:1", "[::1]:1", true},
		{"localhost:1", "127.0.0.1:1", true},
		{"localhost:1", "[::1]:1", true},
		{"127.0.0.1:1", "localhost:1", true},
		{"[::1]:1", "127.0.0.1:1", false},
		{"0.0.0.0:1", "127.0.0.1:1", true},
		{"10.0.0.5:1", ":1", true},
		{"10.0.0.5:1", "127.0.0.1:1", false},
		{"app:1", ":1", true},
		{"app:1", "127.0.0.1:1", true},
		{"app:1", ":2", false},
		{"127.0.0.1:1", "app:1", true},
		{"unix:/run/a.sock", "/var/run/a.sock", true},
		{"unix:/run/a.sock", "/run/b.sock", false},
		{"unix:/run/a.sock", "@/run/a.sock", false},
		{"unix:/run/a.sock", "unix:/run/a.sock", false},
		{"unix:/srv/a.sock", "a.sock\nchdir = /srv", true},
	} {
		p := load(t, map[string]string{"a.conf": "server { location / { uwsgi_pass " + c.target + "; } }", "a.ini": "[uwsgi]\nsocket = " + c.bind + "\n"})
		if got := len(p.Passes[0].Targets[0].Binds) == 1 && len(p.Binds[0].Passes) == 1; got != c.want {
			t.Errorf("%s reaches %s: %v, want %v", c.target, c.bind, got, c.want)
		}
	}
}

// TestJoinByName is about several machines that listen on one port.
func TestJoinByName(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"shop/uwsgi.ini": "[uwsgi]\nsocket = :1\n",
		"blog.ini":       "[uwsgi]\nsocket = :1\n",
		"a.conf":         "server { location / { uwsgi_pass shop:1; } location /b { uwsgi_pass blog.test:1; } location /c { uwsgi_pass news:1; } location /d { uwsgi_pass news:2; } }",
	}
	p := load(t, texts)
	for i, want := range []string{"shop/uwsgi.ini", "blog.ini", "?", ""} {
		to := p.Passes[i].Targets[0]
		got := ""
		if len(to.Binds) == 1 {
			got = to.Binds[0].Config.Main.Name
		}
		if to.Unknown {
			got = "?"
		}
		if got != want {
			t.Errorf("%s reaches %q, want %q", to.Endpoint, got, want)
		}
	}
}

func TestLocalPlace(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"uwsgi.ini": "[uwsgi]\nsocket = %dapp.sock\n"})
	for path, known := range map[string]bool{dir + "/app.sock": true, "/srv/app.sock": false} {
		p, err := Load([]string{dir, "a.conf"}, Options{Overlay: map[string]string{"a.conf": "server { location / { uwsgi_pass unix:" + path + "; } }"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(p.Binds[0].Passes) == 1; got != known || p.Binds[0].Unknown == known {
			t.Errorf("%s: reached %v, unknown %v", path, got, p.Binds[0].Unknown)
		}
	}
}

// TestRelativeSocket is about sockets whose path starts where uWSGI is started.
func TestRelativeSocket(t *testing.T) {
	t.Parallel()
	const unit = "[Service]\nWorkingDirectory=/srv/shop\nExecStart=/usr/bin/uwsgi --ini a.ini\n"
	for _, c := range []struct{ targets, socket, unit, want string }{
		{"uwsgi_pass unix:/srv/shop/shop.sock;", "shop.sock", "", "/srv/shop/shop.sock"},
		{"uwsgi_pass unix:/srv/shop/shop.sock;", "run/shop.sock", "", ""},
		{"uwsgi_pass unix:/srv/shop/run/shop.sock;", "run/shop.sock", "", "/srv/shop/run/shop.sock"},
		{"uwsgi_pass unix:/srv/workshop.sock;", "shop.sock", "", ""},
		{"uwsgi_pass unix:/srv/a/shop.sock; location /b { uwsgi_pass unix:/srv/b/shop.sock; }", "shop.sock", "", ""},
		{"uwsgi_pass unix:/srv/b/shop.sock;", "shop.sock", unit, "/srv/shop/shop.sock"},
		{"uwsgi_pass unix:/srv/b/shop.sock;", "shop.sock\nchdir = run", unit, "/srv/shop/run/shop.sock"},
		{"uwsgi_pass unix:/srv/b/shop.sock;", "shop.sock", strings.Replace(unit, "a.ini", "b.ini", 1), "/srv/b/shop.sock"},
	} {
		texts := map[string]string{"a.ini": "[uwsgi]\nsocket = " + c.socket + "\n", "a.conf": "server { location / { " + c.targets + " } }"}
		if c.unit != "" {
			texts["a.service"] = c.unit
		}
		b := load(t, texts).Binds[0]
		if got := b.Path; got != c.want && (c.want != "" || !b.Unknown) {
			t.Errorf("%s for %s: %s (unknown %v), want %s", c.socket, c.targets, got, b.Unknown, c.want)
		}
	}
}

func TestMayBind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src        string
		port, sock bool // may listen on a TCP port, on /run/x.sock
	}{
		{"socket = :1", false, false},
		{"master = true", true, true},
		{"socket = :1\nini = absent.ini", true, true},
		{"socket = :1\nsocket = $(SOCKET)", true, true},
		{"socket = :1\nsocket = unix:/x.sock", false, false},
		{"socket = x.sock", false, true},
		{"socket = y.sock", false, false},
		{"socket = /run/%(name).sock", false, true},
		{"socket = /run/%(name)/y.sock", false, false},
		{"socket = :1\nstats = $(STATS)", false, false},
	} {
		p := load(t, map[string]string{"a.ini": "[uwsgi]\n" + c.src + "\n"})
		port := p.MayBind(Endpoint{Network: TCP, Host: "127.0.0.1", Port: 2})
		sock := p.MayBind(Endpoint{Network: Unix, Path: "/run/x.sock"})
		if port != c.port || sock != c.sock {
			t.Errorf("%q: %v and %v, want %v and %v", c.src, port, sock, c.port, c.sock)
		}
	}
	if !load(t, map[string]string{"a.conf": siteNginx}).MayBind(Endpoint{Network: TCP, Port: 1}) {
		t.Error("without a uWSGI file nothing is known")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	p := load(t, map[string]string{"a.ini": "[uwsgi]\nstats = :9\nsocket = 127.0.0.1:8001\nsocket = /run/shop/uwsgi.sock\nsocket = 10.0.0.1:3031\nsocket = unix:/run/news.sock\nsocket = 5000\nsocket = http://127.0.0.1:5001\n"})
	for target, want := range map[string]string{
		"127.0.0.1:3031":           "10.0.0.1:3031",
		"127.0.0.1:8002":           "127.0.0.1:8001",
		"unix:/tmp/uwsgi.sock":     "/run/shop/uwsgi.sock",
		"unix:/run/shop/shop.sock": "/run/shop/uwsgi.sock",
		"127.0.0.1:9":              "127.0.0.1:8001",
		"unix:/run/news.sock":      "unix:/run/news.sock",
		"127.0.0.1:5000":           "5000",
		"127.0.0.1:5001":           "http://127.0.0.1:5001",
	} {
		e, _ := ParseTarget(target, 0, false)
		if got := p.Nearest(e); got == nil || got.Option.Value != want {
			t.Errorf("nearest to %s is %v, want %s", target, got, want)
		}
	}
}

// TestHostileJoin is about inputs that would multiply.
func TestHostileJoin(t *testing.T) {
	t.Parallel()
	var conf, ini strings.Builder
	conf.WriteString("upstream u {\n")
	for i := range 5000 {
		fmt.Fprintf(&conf, "server 127.0.0.1:%d;\n", i+1)
	}
	conf.WriteString("}\nserver {\n")
	for i := range 5000 {
		fmt.Fprintf(&conf, "location /%d { uwsgi_pass u; }\n", i)
	}
	conf.WriteString("}\n")
	ini.WriteString("[uwsgi]\n")
	for i := range 5000 {
		fmt.Fprintf(&ini, "socket = %s:1\n", strings.Repeat("0", i+1))
	}
	p := load(t, map[string]string{"a.conf": conf.String(), "a.ini": ini.String()})
	targets := 0
	for _, via := range p.Passes {
		targets += len(via.Targets)
	}
	if len(p.Passes) != 5000 || targets > maxTargets+len(p.Passes) {
		t.Errorf("%d passes and %d targets", len(p.Passes), targets)
	}
	for _, b := range p.Binds {
		if len(b.Passes) == 0 && !b.Named() {
			t.Fatalf("%s is reached by no pass", b.Option.Value)
		}
	}
}

func BenchmarkJoin(b *testing.B) {
	for _, n := range []int{500, 1000, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			texts := map[string]string{}
			var conf strings.Builder
			for i := range n {
				fmt.Fprintf(&conf, "upstream u%d { server 127.0.0.1:%d; }\nserver { server_name s%d.test; set $a unix:/run/s%d.sock; location / { uwsgi_pass u%d; } location /a { uwsgi_pass $a; } location /b { uwsgi_pass app%d:80; } }\n", i, 10000+i, i, i, i, i)
				texts[fmt.Sprintf("app%d/uwsgi.ini", i)] = fmt.Sprintf("[uwsgi]\nsocket = 127.0.0.1:%d\nsocket = /run/s%d.sock\nsocket = :80\n", 10000+i, i)
			}
			texts["a.conf"] = conf.String()
			p := load(b, texts)
			b.ReportAllocs()
			for b.Loop() {
				if joined := Join(p.Nginx, p.Uwsgi); len(joined.Binds) != 3*n {
					b.Fatal(len(joined.Binds))
				}
			}
		})
	}
}
