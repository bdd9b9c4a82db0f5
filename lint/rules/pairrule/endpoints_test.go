package pairrule

import (
	"strings"
	"testing"
)

func TestSocketMismatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		want         string // part of what is said of the listener; "" for no finding
	}{
		{"uwsgi_pass 127.0.0.1:1;", "socket = :1", ""},
		{"uwsgi_pass 127.0.0.1:1;", "socket = 127.0.0.1:2", "socket binds 127.0.0.1:2"},
		{"uwsgi_pass unix:/run/a.sock;", "socket = unix:/run/a.sock", "uWSGI takes unix:/run/a.sock for a TCP address"},
		{"uwsgi_pass 127.0.0.1:8000;", "socket = 8000", "uWSGI takes 8000, which has no colon, for the name of a unix socket"},
		{"uwsgi_pass 127.0.0.1:8000;", "socket = http://127.0.0.1:8000", "uWSGI takes http://127.0.0.1:8000 for a TCP address"},
		{"uwsgi_pass unix:/run/a.sock;", "socket = a.sock", ""},
		{"uwsgi_pass unix:/run/a.sock;", "socket = a.sock\nchdir = /srv", "socket binds /srv/a.sock"},
		{"uwsgi_pass unix:/run/a.sock;", "socket = /var/run/a.sock", ""},
		{"uwsgi_pass unix:/run/a.sock;", "socket = /run/$(NAME).sock", ""},
		{"uwsgi_pass 127.0.0.1:1;", "socket = /run/$(NAME).sock", "no nearest"},
		{"uwsgi_pass unix:/run/a.sock;", "socket = @/run/a.sock", "socket binds @/run/a.sock"},
		{"uwsgi_pass 127.0.0.1:1;", "module = shop", ""},
		{"uwsgi_pass app:1;", "socket = :1", ""},
		{"uwsgi_pass app:1;", "socket = :2", "socket binds :2"},
		{"uwsgi_pass app:${PORT};", "socket = :2", ""},
		{"uwsgi_pass {{ address }};", "socket = :2", ""},
		// What speaks HTTP may be any program, unless uWSGI waits for it.
		{"proxy_pass http://127.0.0.1:3000;", "socket = :2", ""},
		{"proxy_pass http://127.0.0.1:3000;", "http-socket = :2", "http-socket binds :2"},
		{"proxy_pass http://127.0.0.1:3000;\n}\nlocation /x {\nproxy_pass http://127.0.0.1:2;", "http-socket = :2", ""},
		// One backend of several is another machine's.
		{"uwsgi_pass app;\n}\n}\nupstream app {\nserver 127.0.0.1:1;\nserver 10.0.0.7:1;\n}\nserver {\nlocation /x {", "socket = 127.0.0.1:1", ""},
	} {
		f := files{nginx: c.nginx, uwsgi: c.uwsgi}
		if strings.Contains(c.nginx, "upstream") {
			f.nginx = "server {\nlocation / {\n" + c.nginx + "\n}\n}\n"
		}
		got := ""
		for _, d := range check(t, SocketMismatch, f) {
			got = "no nearest"
			if len(d.Related) > 0 {
				got = d.Related[0].Message.String()
			}
		}
		if !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s to %s: %q, want %q", c.nginx, c.uwsgi, got, c.want)
		}
	}
}

func TestUnusedSocket(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		want         []string
	}{
		{"uwsgi_pass 127.0.0.1:1;", "socket = :1\nsocket = :2", []string{"warning :2"}},
		{"uwsgi_pass 127.0.0.1:1;", "socket = :1\nhttp-socket = :2\nstats = :3", nil},
		{"uwsgi_pass 127.0.0.1:1;", "socket = :2", nil}, // the mismatch names it
		{"uwsgi_pass $where;", "socket = :2", nil},
		{"proxy_pass http://$host;", "socket = :2", []string{"warning :2"}},
		{"return 200;", "socket = :2", nil},
		{"uwsgi_pass 127.0.0.1:1;", "socket = :1\nsocket = :2\nhttp = :3", nil},
		{"uwsgi_pass 127.0.0.1:1;", "socket = :1\nsocket = :2\nsubscribe-to = :3:shop", nil},
		{"uwsgi_pass 127.0.0.1:1;\ninclude absent.conf;", "socket = :1\nsocket = :2", nil},
		{"include uwsgi_params;\nuwsgi_pass 127.0.0.1:1;", "socket = :1\nsocket = :2", []string{"warning :2"}},
		{"uwsgi_pass 127.0.0.1:1;", "socket = :1\nif-env = X\nsocket = :2\nendif =", nil},
	} {
		want(t, c.nginx+" and "+c.uwsgi, check(t, UnusedSocket, files{nginx: c.nginx, uwsgi: c.uwsgi}), c.want...)
	}
}

// TestDuplicateBind holds what uWSGI 2.0.21 and nginx 1.22.1 were seen to do
// when both sides of a case are started, one after the other.
func TestDuplicateBind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string // the options of two uWSGI files
		want int
	}{
		{"socket = 127.0.0.1:1", "socket = 127.0.0.1:1", 1},
		{"socket = 127.0.0.1:1", "http-socket = localhost:1", 1},
		{"socket = 127.0.0.1:1", "socket = :1", 1},
		{"socket = :1", "socket = 127.0.0.1:1", 1},
		{"socket = :1", "socket = [::]:1", 1},
		{"socket = 127.0.0.1:1", "socket = [::]:1", 1},
		{"socket = [::]:1", "socket = 127.0.0.1:1", 1},
		{"socket = [::1]:1", "socket = 127.0.0.1:1", 0},
		{"socket = 127.0.0.1:1", "socket = 127.0.0.2:1", 0},
		{"socket = 127.0.0.1:1", "socket = 127.0.0.1:2", 0},
		{"stats = 127.0.0.1:1", "stats = 127.0.0.1:1", 1},
		{"stats = 127.0.0.1:1", "socket = 127.0.0.1:1", 1},
		{"socket = /run/a.sock", "socket = /var/run/a.sock", 1},
		{"stats = /run/a.sock", "stats = /run/a.sock", 1},
		{"socket = a.sock", "socket = a.sock", 0},
		{"pidfile = /run/a.pid", "pidfile2 = /run/a.pid", 1},
		{"socket = :1\nmodule = shop", "socket = :1\nmodule = shop", 0},
		{"socket = :1\nmodule = shop\nchdir = /a", "socket = :1\nmodule = shop\nchdir = /b", 1},
		{"socket = :1\nsocket = 127.0.0.1:1", "", 1},
		{"shared-socket = :1\nsocket = =0\nhttp-socket = =0", "", 0},
		{"socket = $(A)", "socket = $(A)", 0},
	} {
		found := check(t, DuplicateBind, files{more: map[string]string{"a.ini": "[uwsgi]\n" + c.a + "\n", "b.ini": "[uwsgi]\n" + c.b + "\n"}})
		if len(found) != c.want {
			t.Errorf("%q and %q: %v, want %d findings", c.a, c.b, found, c.want)
		}
	}
	for _, c := range []struct {
		listen, uwsgi string
		want          int
	}{
		{"listen 8000;", "socket = 127.0.0.1:8000", 1},
		{"listen 127.0.0.1:8000;", "socket = :8000", 1},
		{"listen [::]:8000;", "socket = 127.0.0.1:8000", 0},
		{"listen [::]:8000 ipv6only=off;", "socket = 127.0.0.1:8000", 1},
		{"listen 8000;", "socket = :8001", 0},
		{"listen 443 quic;", "socket = :443", 0},
		{"listen unix:/run/a.sock;", "socket = /run/a.sock", 1},
		{"listen 8000;\nlocation / {\nuwsgi_pass app:8000;\n}", "socket = :8000", 0},
	} {
		found := check(t, DuplicateBind, files{nginx: "server {\n" + c.listen + "\n}\n", uwsgi: c.uwsgi})
		if len(found) != c.want {
			t.Errorf("%q and %q: %v, want %d findings", c.listen, c.uwsgi, found, c.want)
		}
	}
	for _, name := range []string{"uwsgi-dev.ini", "staging/uwsgi.ini"} {
		found := check(t, DuplicateBind, files{uwsgi: "socket = :1", more: map[string]string{name: "[uwsgi]\nsocket = :1\n"}})
		want(t, name, found)
	}
}
