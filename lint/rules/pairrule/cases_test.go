package pairrule

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// files are the texts of a case: nginx is an nginx.conf of one location, or a
// whole one when it begins with a directive of its own; uwsgi is the content
// of [uwsgi]; more are other files.
type files struct {
	nginx, uwsgi string
	more         map[string]string
}

func (f files) texts() map[string]string {
	texts := maps.Clone(f.more)
	if texts == nil {
		texts = map[string]string{}
	}
	if f.nginx != "" {
		conf := f.nginx
		if !strings.Contains(conf, "server {") {
			conf = "server {\nlocation / {\n" + conf + "\n}\n}\n"
		}
		texts["nginx.conf"] = conf
	}
	if f.uwsgi != "" {
		texts["uwsgi.ini"] = "[uwsgi]\n" + f.uwsgi + "\n"
	}
	return texts
}

// check runs one rule and returns its findings, each as the line's text and
// the message, in the files' order.
func check(t *testing.T, r *lint.Rule, f files) []diag.Diagnostic {
	t.Helper()
	texts := f.texts()
	var paths []string
	for name := range texts {
		if name != "uwsgi_params" {
			paths = append(paths, name)
		}
	}
	p, err := pair.Load(paths, pair.Options{Overlay: texts})
	if err != nil {
		t.Fatal(err)
	}
	return lint.Run(p, []*lint.Rule{r}, lint.Options{}).Diagnostics
}

// summary returns a finding's severity and what it points at.
func summary(found []diag.Diagnostic) []string {
	var all []string
	for _, d := range found {
		all = append(all, fmt.Sprintf("%s %s", d.Severity, d.File.Text(d.Span)))
	}
	return all
}

func TestProtocolMismatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		why          string // part of the reason; "" for no finding
		fixed        string // what the option is called then
	}{
		{"uwsgi_pass h:1;", "socket = :1", "", ""},
		{"proxy_pass http://h:1;", "http-socket = :1", "", ""},
		{"uwsgi_pass h:1;", "http-socket = :1", "502 after 4 seconds", "socket"},
		{"proxy_pass http://h:1;", "socket = :1", "invalid request block size: 21573", "http-socket"},
		{"fastcgi_pass h:1;", "socket = :1", "unavailable modifier requested: 1", "fastcgi-socket"},
		{"scgi_pass h:1;", "socket = :1", "invalid request block size: 14385", "scgi-socket"},
		{"uwsgi_pass h:1;", "fastcgi-socket = :1", "502 after 8 seconds", "socket"},
		{"uwsgi_pass h:1;", "puwsgi-socket = :1", "every answer takes 4 seconds", "socket"},
		{"uwsgi_pass h:1;", "protocol = http\nsocket = :1", "502 after 4 seconds", "uwsgi-socket"},
		{"uwsgi_pass h:1;", "protocol = http\nuwsgi-socket = :1", "", ""},
		{"uwsgi_pass h:1;", "http = :1", "504 after uwsgi_read_timeout", "-"},
		{"proxy_pass http://h:1;", "stats = :1\nstats-http = true", "", ""},
		{"proxy_pass http://h:1;", "stats = :1", "502", "-"},
		{"proxy_pass http://h:1;", "rawrouter = :1", "", ""},
		{"grpc_pass grpc://h:1;", "http-socket = :1", "502", "-"},
		{"uwsgi_pass suwsgi://h:1;", "socket = :1", "", ""},
		{"proxy_pass http://h:1;\n}\nlocation /x {\nuwsgi_pass h:1;", "socket = :1", "invalid request block size", "-"},
	} {
		found := check(t, ProtocolMismatch, files{nginx: c.nginx, uwsgi: c.uwsgi})
		if c.why == "" {
			if len(found) > 0 {
				t.Errorf("%s to %s: found %s", c.nginx, c.uwsgi, found[0].Message)
			}
			continue
		}
		if len(found) != 1 || !strings.Contains(found[0].Why.String(), c.why) {
			t.Errorf("%s to %s: found %v, want %q", c.nginx, c.uwsgi, found, c.why)
			continue
		}
		fixed := "-"
		if fix := found[0].Fix; fix != nil {
			fixed = fix.Edits[0].New
		}
		if fixed != c.fixed {
			t.Errorf("%s to %s: fixed by %s, want %s", c.nginx, c.uwsgi, fixed, c.fixed)
		}
	}
}

func TestSSLToBackend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ nginx, uwsgi, why string }{
		{"uwsgi_pass suwsgi://h:1;", "suwsgi-socket = :1,c,k", ""},
		{"uwsgi_pass suwsgi://h:1;", "socket = :1", "peer closed connection in SSL handshake"},
		{"uwsgi_pass h:1;", "suwsgi-socket = :1,c,k", "recv() failed (104: Connection reset by peer)"},
		{"proxy_pass https://h:1;", "http-socket = :1", "peer closed connection in SSL handshake"},
		{"proxy_pass http://h:1;", "https-socket = :1,c,k", "recv() failed (104: Connection reset by peer)"},
		{"proxy_pass https://h:1;", "socket = :1", ""},
	} {
		why := ""
		for _, d := range check(t, SSLToBackend, files{nginx: c.nginx, uwsgi: c.uwsgi}) {
			why = d.Why.String()
		}
		if !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
			t.Errorf("%s to %s: %q, want %q", c.nginx, c.uwsgi, why, c.why)
		}
	}
}

// want compares what findings point at.
func want(t *testing.T, name string, got []diag.Diagnostic, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, summary(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

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

// TestSocketPermission holds what nginx 1.22.1 as www-data was seen to answer
// for a socket of uWSGI 2.0.21 that was started as root.
func TestSocketPermission(t *testing.T) {
	t.Parallel()
	const conf = "user www-data;\nevents {}\nhttp {\nserver {\nlocation / {\nuwsgi_pass unix:/run/a.sock;\n}\n}\n}\n"
	unit := map[string]string{"shop.service": "[Service]\nUser=shop\nGroup=www-data\n"}
	for _, c := range []struct {
		uwsgi string
		more  map[string]string
		want  string // severity and, after a slash, the lines of the fix
	}{
		{"uid = shop", nil, "error/chmod-socket = 660\nchown-socket = shop:www-data\n"},
		{"uid = shop\ngid = www-data", nil, "error/chmod-socket = 660\n"},
		{"uid = shop\ngid = www-data\nchmod-socket = 660", nil, ""},
		{"uid = shop\ngid = www-data\nchmod-socket = 664", nil, ""},
		{"uid = shop\ngid = www-data\nchmod-socket = 644", nil, "error/660"},
		{"uid = shop\ngid = shop\nchmod-socket = 660", nil, "warning/chown-socket = shop:www-data\n"},
		{"uid = shop\ngid = shop\nchmod-socket = 660\nchown-socket = shop:www-data", nil, ""},
		{"uid = shop\nchmod-socket = 660", nil, "error/chown-socket = shop:www-data\n"},
		{"uid = www-data", nil, ""},
		{"uid = 33", nil, ""},
		{"chmod-socket = 660\nchown-socket = www-data", nil, ""},
		{"chmod-socket = 660\nchown-socket = root:www-data", nil, ""},
		{"chmod-socket = 440\nchown-socket = www-data:www-data", nil, "error/660"},
		{"chmod-socket = 660", nil, ""}, // who starts uWSGI is not written
		{"", nil, ""},
		{"umask = 000\nuid = shop", nil, ""},
		{"chmod-socket = 666", nil, "warning/-"},
		{"chmod-socket = 1", nil, "warning/-"},
		{"chmod-socket = 660", unit, ""},
		{"", unit, "error/chmod-socket = 660\n"},
		{"", map[string]string{"shop.service": "[Service]\nUser=shop\n"}, "error/-"},
		{"uid = shop\nchmod-socket = $(MODE)", nil, ""},
	} {
		got := ""
		for _, d := range check(t, SocketPermission, files{nginx: conf, uwsgi: "socket = /run/a.sock\n" + c.uwsgi, more: c.more}) {
			got = d.Severity.String() + "/-"
			if d.Fix != nil {
				got = d.Severity.String() + "/"
				for _, e := range d.Fix.Edits {
					got += e.New
				}
			}
		}
		if got != c.want {
			t.Errorf("%q with %v: %q, want %q", c.uwsgi, c.more, got, c.want)
		}
	}
	for _, user := range []string{"", "user root;\n"} {
		rest := strings.TrimPrefix(conf, "user www-data;\n")
		want(t, user, check(t, SocketPermission, files{nginx: user + rest, uwsgi: "socket = /run/a.sock\nuid = shop"}))
	}
}

func TestTimeoutOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		want         []string
	}{
		{"uwsgi_pass h:1;", "socket = :1\nharakiri = 55", nil},
		{"uwsgi_pass h:1;", "socket = :1\nharakiri = 60", []string{"warning 60"}},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout 2m;", "socket = :1\nharakiri = 90", nil},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout 1m30s;", "socket = :1\nharakiri = 90", []string{"warning 90"}},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout 500ms;", "socket = :1\nharakiri = 1", []string{"warning 1"}},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout $x;", "socket = :1\nharakiri = 90", nil},
		{"uwsgi_pass h:1;", "socket = :1", []string{"warning socket"}},
		{"uwsgi_pass h:1;", "socket = :1\nharakiri = $(H)", nil},
		{"uwsgi_pass h:1;\n}\nlocation /long {\nuwsgi_read_timeout 300;\nuwsgi_pass h:1;", "socket = :1\nharakiri = 200", nil},
		{"proxy_pass http://h:1;", "http-socket = :1\nharakiri = 55", nil},
		{"proxy_pass http://h:1;", "http-socket = :1\nharakiri = 70", []string{"warning 70"}},
		{"proxy_pass http://h:1;", "http = :1\nharakiri = 55", nil},
		{"proxy_pass http://h:1;", "http = :1\nharakiri = 20\nhttp-timeout = 20", []string{"warning 20"}},
		{"proxy_pass http://h:1;\nproxy_read_timeout 300;", "http = :1\nharakiri = 200", []string{"warning http"}},
		{"proxy_pass http://h:1;\nproxy_read_timeout 300;", "http-socket = :1\nharakiri = 200", nil},
		{"uwsgi_pass h:1;\nuwsgi_request_buffering off;", "socket = :1\nharakiri = 55", []string{"warning socket"}},
		{"uwsgi_pass h:1;\nuwsgi_request_buffering off;", "socket = :1\nharakiri = 55\nsocket-timeout = 30", []string{"warning 30"}},
		{"uwsgi_pass h:1;\nuwsgi_request_buffering off;", "socket = :1\nharakiri = 55\nsocket-timeout = 60", nil},
	} {
		want(t, c.nginx+" and "+c.uwsgi, check(t, TimeoutOrder, files{nginx: c.nginx, uwsgi: c.uwsgi}), c.want...)
	}
}

func TestRequestBuffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		want         []string
		fix          string
	}{
		{"uwsgi_pass h:1;", "socket = :1", []string{"warning socket"}, "buffer-size = 45056\n"},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size = 40960", []string{"warning 40960"}, "45056"},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size = 41984", nil, ""},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size = 8k", []string{"warning 8k"}, "45056"},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size", []string{"warning buffer-size"}, ""},
		{"uwsgi_pass h:1;", "socket = :1\nbuffer-size = $(SIZE)", nil, ""},
		{"proxy_pass http://h:1;", "http-socket = :1\nbuffer-size = 32768", []string{"warning 32768"}, "45056"},
		{"proxy_pass http://h:1;", "http-socket = :1\nbuffer-size = 65535", nil, ""},
		{"large_client_header_buffers 2 4k;\nuwsgi_pass h:1;", "socket = :1\nbuffer-size = 16384", nil, ""},
		{"large_client_header_buffers 4 16k;\nuwsgi_pass h:1;", "socket = :1\nbuffer-size = 65535", []string{"info large_client_header_buffers 4 16k"}, ""},
		{"uwsgi_pass h:1;\n}\nlocation /x {\nlarge_client_header_buffers 4 10k;\nuwsgi_pass h:1;", "socket = :1\nbuffer-size = 45056", []string{"warning 45056"}, "53248"},
		{"fastcgi_pass h:1;", "fastcgi-socket = :1", nil, ""},
	} {
		found := check(t, RequestBuffer, files{nginx: c.nginx, uwsgi: c.uwsgi})
		want(t, c.nginx+" and "+c.uwsgi, found, c.want...)
		fix := ""
		for _, d := range found {
			if d.Fix != nil {
				fix = d.Fix.Edits[0].New
			}
		}
		if fix != c.fix {
			t.Errorf("%s and %s: mended by %q, want %q", c.nginx, c.uwsgi, fix, c.fix)
		}
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

func TestIgnoredDirective(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx string
		want  []string
	}{
		{"uwsgi_pass h:1;\nproxy_read_timeout 5;", []string{"warning proxy_read_timeout 5"}},
		{"proxy_pass http://h:1;\nuwsgi_read_timeout 5;\nuwsgi_param A b;", []string{"warning uwsgi_read_timeout 5", "warning uwsgi_param A b"}},
		{"uwsgi_pass h:1;\nproxy_set_header A b;\nfastcgi_param A b;", nil},
		{"uwsgi_pass h:1;\nuwsgi_read_timeout 5;\nsend_timeout 5;", nil},
		{"uwsgi_pass h:1;\nproxy_read_timeout 5;\nlocation /ws {\nproxy_pass http://h:2;\n}", nil},
		{"if ($arg_x) {\nproxy_pass http://h:2;\n}\nproxy_read_timeout 5;\nuwsgi_pass h:1;", nil},
		{"uwsgi_pass h:1;\n}\nproxy_read_timeout 5;\nlocation /b {\n", []string{"warning proxy_read_timeout 5"}},
		{"uwsgi_pass h:1;\n}\nproxy_read_timeout 5;\nlocation /b {\nproxy_pass http://h:2;", nil},
		{"uwsgi_pass h:1;\n}\nlocation /b {\nproxy_read_timeout 5;\nreturn 200;", nil},
	} {
		want(t, c.nginx, check(t, IgnoredDirective, files{nginx: c.nginx, uwsgi: "socket = :1"}), c.want...)
	}
	everywhere := "proxy_read_timeout 5;\nserver {\nlocation / {\nuwsgi_pass h:1;\n}\n}\n"
	want(t, "in http", check(t, IgnoredDirective, files{nginx: everywhere}))
}

func TestParams(t *testing.T) {
	t.Parallel()
	const full = "uwsgi_param REQUEST_METHOD $request_method;\nuwsgi_param PATH_INFO $document_uri;\n"
	server := func(outer, inner string) string {
		return "server {\n" + outer + "\nlocation / {\n" + inner + "\nuwsgi_pass h:1;\n}\n}\n"
	}
	for _, c := range []struct {
		outer, inner                 string
		missing, overridden, another []string // of missing-params, params-override, wrong-params
	}{
		{"", "", []string{"error uwsgi_pass h:1"}, nil, nil},
		{"", full, nil, nil, nil},
		{"", "include uwsgi_params;", nil, nil, nil},
		{"", "include /etc/nginx/uwsgi_params;", nil, nil, nil},
		{"", "include absent.conf;", nil, nil, nil},
		{"", "include mime.types;", []string{"error uwsgi_pass h:1"}, nil, nil},
		{"include conf.d/absent-*.conf;", "", []string{"error uwsgi_pass h:1"}, nil, nil},
		{"include uwsgi_params;", "", nil, nil, nil},
		{"", "uwsgi_modifier1 9;", nil, nil, nil},
		{"", "uwsgi_param A b;", []string{"error uwsgi_pass h:1"}, nil, nil},
		{"uwsgi_param A b;", "", []string{"error uwsgi_pass h:1"}, nil, nil},
		{full, "uwsgi_param A b;", nil, []string{"warning uwsgi_param A b"}, nil},
		{"include uwsgi_params;", "uwsgi_param A b;", nil, []string{"warning uwsgi_param A b"}, nil},
		{"include uwsgi_params;\nuwsgi_param A b;", "include uwsgi_params;", nil, []string{"warning include uwsgi_params"}, nil},
		{"include uwsgi_params;\nuwsgi_param A b;", "include uwsgi_params;\nuwsgi_param A c;", nil, nil, nil},
		{"include uwsgi_params;", "include uwsgi_params;\nuwsgi_param A c;", nil, nil, nil},
		{"include uwsgi_params;\nuwsgi_param A b;", full, nil, []string{"warning uwsgi_param REQUEST_METHOD $request_method"}, nil},
		{"", "include fastcgi_params;", nil, nil, []string{"error include fastcgi_params"}},
		{"", "include /etc/nginx/scgi_params;", nil, nil, []string{"error include /etc/nginx/scgi_params"}},
		{"", "include proxy_params;", []string{"error uwsgi_pass h:1"}, nil, []string{"warning include proxy_params"}},
		{"", "include uwsgi_params;\ninclude fastcgi_params;", nil, nil, []string{"warning include fastcgi_params"}},
		{"", "fastcgi_param A b;", nil, nil, []string{"error fastcgi_param A b"}},
		{"", full + "fastcgi_param A b;", nil, nil, []string{"warning fastcgi_param A b"}},
		{"", full + "proxy_set_header Host $host;", nil, nil, []string{"warning proxy_set_header Host $host"}},
	} {
		name := c.outer + "; " + c.inner
		f := files{nginx: server(c.outer, c.inner), uwsgi: "socket = :1"}
		want(t, "pair-missing-params: "+name, check(t, MissingParams, f), c.missing...)
		want(t, "pair-params-override: "+name, check(t, ParamsOverride, f), c.overridden...)
		want(t, "pair-wrong-params: "+name, check(t, WrongParams, f), c.another...)
	}
	want(t, "a fragment", check(t, MissingParams, files{more: map[string]string{"a.conf": "# deployctl:context server\nlocation / {\nuwsgi_pass h:1;\n}\n"}}))
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nginx, uwsgi string
		why          string // part of the reason; "" for no finding
	}{
		{"uwsgi_pass h:1;", "socket = :1", ""},
		{"uwsgi_pass h:1;", "socket = :1\nlimit-post = 1048576", ""},
		{"uwsgi_pass h:1;", "socket = :1\nlimit-post = 1000000", "502 in place of 413"},
		{"uwsgi_pass h:1;", "socket = :1\nlimit-post = 10485760", "client intended to send too large body"},
		{"uwsgi_pass h:1;\nclient_max_body_size 1g;", "socket = :1\nlimit-post = 1073741824", ""},
		{"uwsgi_pass h:1;\nclient_max_body_size 1g;", "socket = :1\nlimit-post = 1000", "502 in place of 413"},
		{"uwsgi_pass h:1;\nclient_max_body_size 0;", "socket = :1", "fill the disk"},
		{"uwsgi_pass h:1;\nclient_max_body_size 0;", "socket = :1\nlimit-post = 1000", "502 in place of 413"},
		{"uwsgi_pass h:1;\nclient_max_body_size 0;", "socket = :2", ""},
		{"proxy_pass http://h:1;\nclient_max_body_size 2m;", "http-socket = :1\nlimit-post = 1048576", "502 in place of 413"},
		{"uwsgi_pass h:1;\n}\nlocation /up {\nclient_max_body_size 10m;\nuwsgi_pass h:1;", "socket = :1\nlimit-post = 10485760", ""},
		{"uwsgi_pass h:1;", "socket = :1\nlimit-post = $(LIMIT)", ""},
	} {
		why := ""
		for _, d := range check(t, BodyLimit, files{nginx: c.nginx, uwsgi: c.uwsgi}) {
			why = d.Why.String()
		}
		if !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
			t.Errorf("%s and %s: %q, want %q", c.nginx, c.uwsgi, why, c.why)
		}
	}
}
