package launch

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// plan makes the plan of the files of a txtar text.
func plan(t *testing.T, text string, native bool) *Plan {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(text)).Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Find([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlan(s, PlanOptions{Scratch: "/tmp/run", NativeNginx: native, NativeUwsgi: native})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// everything is all that a plan would write, and what it says.
func everything(p *Plan) string {
	var b strings.Builder
	if p.Nginx != nil {
		b.WriteString(p.files[p.Nginx.Path])
	}
	for _, u := range p.Uwsgi {
		b.WriteString(p.files[u.Path])
	}
	for _, c := range p.Changes {
		b.WriteString("\n" + c.String())
	}
	return strings.ReplaceAll(b.String(), p.Source.Dir, "PROJECT")
}

func TestPlan(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, files string
		native      bool
		want, never []string
	}{
		{
			name: "a site without http is wrapped, its includes are nginx's own",
			files: "-- site.conf --\nserver {\n listen 80;\n server_name a.example;\n location / { include uwsgi_params; uwsgi_pass unix:/run/a.sock; }\n}\n" +
				"-- uwsgi.ini --\n[uwsgi]\nsocket = /run/a.sock\nmodule = app\n",
			want:  []string{"http {", "uwsgi_param", "uwsgi_pass unix:/tmp/run/app0-0.sock;", "socket = /tmp/run/app0-0.sock"},
			never: []string{"/run/a.sock;", "listen 80;"},
		},
		{
			name: "the folder of the server is found by the application's module",
			files: "-- deploy/nginx.conf --\nevents {}\nhttp { server { listen 8081; location /static/ { alias /srv/app/static/; } location /m/ { root /data/media; } location / { uwsgi_pass 127.0.0.1:9001; } } }\n" +
				"-- deploy/uwsgi.ini --\n[uwsgi]\nchdir = /srv/app\nmodule = web.wsgi:application\nsocket = 127.0.0.1:9001\nenv = CONF=/srv/app/conf.py\npythonpath = /srv/app/lib\n" +
				"-- deploy/x --\n-- web/wsgi.py --\napplication = None\n-- static/a.css --\n",
			want: []string{"chdir = PROJECT\n", "env = CONF=PROJECT/conf.py", "pythonpath = PROJECT/lib", "alias PROJECT/static/;", "/data/media does not exist on this machine"},
		},
		{
			name: "redirects lead to the ports of this machine",
			files: "-- nginx.conf --\nevents {}\nhttp {\n server { listen 80; server_name a.example; return 301 https://$host$request_uri; }\n" +
				" server { listen 443 ssl; server_name a.example www.a.example; ssl_certificate /none/c.pem; ssl_certificate_key /none/k.pem;\n" +
				" location /own { return 301 https://a.example/x; } location /name { return 302 $scheme://www.a.example/y; } location /out { return 301 https://other.example/z; }\n" +
				" rewrite ^/old https://$http_host/new permanent; }\n}\n",
			want: []string{
				"return 301 https://$host:8443$request_uri;", "return 301 https://$host:8443/x;", "return 302 $scheme://$host:$server_port/y;", "return 301 https://other.example/z;",
				"rewrite ^/old https://$host:8443/new permanent;", "ssl_certificate /tmp/run/cert.pem;", "ssl_certificate_key /tmp/run/key.pem;",
			},
		},
		{
			name: "other machines are not asked, the application under another name is",
			files: "-- nginx.conf --\nevents {}\nhttp { upstream app { server web:9002; } server { listen 8082; location / { uwsgi_pass app; } location /n/ { proxy_pass http://node.internal:3000/x; } location /l/ { proxy_pass http://127.0.0.1:3001; } } }\n" +
				"-- uwsgi.ini --\n[uwsgi]\nsocket = :9002\nmodule = app\n",
			want:  []string{"server 127.0.0.1:9002;", "proxy_pass http://127.0.0.1:3000/x;", "proxy_pass http://127.0.0.1:3001;", "socket = 127.0.0.1:9002"},
			never: []string{"web:9002;"},
		},
		{
			name:  "name servers of others are not asked",
			files: "-- nginx.conf --\nevents {}\nhttp { resolver 10.0.0.2 [2001:db8::1]:53 dns.example valid=30s; server { listen 8082; resolver 127.0.0.11 [::1]:5353 ipv6=off; location / { set $to web; proxy_pass http://$to:3000; } } }\n",
			want:  []string{"set $to 127.0.0.1; proxy_pass http://$to:3000;", "resolver 127.0.0.1 127.0.0.1 127.0.0.1 valid=30s;", "resolver 127.0.0.11 [::1]:5353 ipv6=off;", "valid=30s: now resolver 127.0.0.1: a local run asks no name server of others"},
			never: []string{"2001:db8::1]:53 dns"},
		},
		{
			name: "options that need a server are left out, placeholders are resolved under strict",
			files: "-- uwsgi.ini --\n[uwsgi]\nstrict = true\nset-placeholder = base=/srv\nmine = 3\nprocesses = %(mine)\nuid = www-data\ngid = www-data\nchown-socket = a:b\ndaemonize = /var/log/x.log\npidfile = /run/x.pid\nlogto = /var/log/y\n" +
				"http-socket = :8083\nmodule = app\nplugins = python3\nlog-date = %%Y\nvirtualenv = /srv/venv\n",
			want:  []string{"processes = 3\n", "http-socket = 127.0.0.1:8083\n", "log-date = %%Y\n", "uid = www-data: left out", "daemonize = /var/log/x.log: left out", "/srv/venv is not on this machine"},
			never: []string{"\nuid =", "\ngid =", "\nchown-socket =", "\ndaemonize =", "\npidfile =", "\nlogto =", "\nmine =", "\nplugins =", "\nset-placeholder =", "\nvirtualenv ="},
		},
		{
			name:   "the native programs get their plugins, logs and marks",
			native: true,
			files: "-- nginx.conf --\nuser nobody;\ndaemon on;\npid /run/n.pid;\nerror_log /var/log/e.log info;\nevents {}\nhttp {\n access_log /var/log/a.log combined if=$x;\n proxy_cache_path /var/cache/n keys_zone=z:1m;\n" +
				" server { listen 8084; access_log off; location / { uwsgi_pass unix:/run/a.sock; } }\n server { listen 8085; access_log /var/log/b.log; } }\nstream { }\n" +
				"-- uwsgi.ini --\n[uwsgi]\nplugins = python3\nsocket = /run/a.sock\nmodule = app\n",
			want:  []string{"daemon off;", "error_log stderr info;", "access_log /dev/stdout deployctl if=$x;", "access_log off;", "set $deployctl_at 0;", "plugins = python3", "proxy_cache_path /tmp/run/tmp/", "stream: left out: only http is served here"},
			never: []string{"/var/log/", "daemon on;", "user nobody;", "\nstream {", "/var/cache/"},
		},
		{
			name:  "a closed door is opened for localhost, a file without socket listens where nginx asks",
			files: "-- nginx.conf --\nevents {}\nhttp { server { listen 80 default_server; return 444; } server { listen 80; server_name a.example; location / { uwsgi_pass unix:/run/b.sock; } } }\n-- uwsgi.ini --\n[uwsgi]\nmodule = app\n",
			want:  []string{"server_name a.example localhost 127.0.0.1 [::1];", "socket = /tmp/run/app0-0-0.sock", "uwsgi_pass unix:/tmp/run/app0-0-0.sock;", "names no socket: it listens where"},
		},
		{
			name:  "a second file on the same address is not started",
			files: "-- a.ini --\n[uwsgi]\nsocket = /run/a.sock\nmodule = app\n-- b.ini --\n[uwsgi]\nsocket = /run/a.sock\nmodule = other\n",
			want:  []string{"b.ini is not started: it listens where", "module = app"},
			never: []string{"module = other"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := everything(plan(t, test.files, test.native))
			written, _, _ := strings.Cut(text, "\nPROJECT")
			for _, w := range test.want {
				if !strings.Contains(text, w) {
					t.Errorf("without %q:\n%s", w, text)
				}
			}
			for _, w := range test.never {
				if strings.Contains(written, w) {
					t.Errorf("with %q:\n%s", w, written)
				}
			}
		})
	}
}

// TestTranslate maps lines of the copies back to those of the user's files.
func TestTranslate(t *testing.T) {
	t.Parallel()
	p := plan(t, "-- nginx.conf --\nevents {}\nhttp {\n    include app.conf;\n    # end\n    nonsense on;\n}\n-- app.conf --\n\nserver {\n    listen 8086;\n\n    location /x {\n        return 200;\n    }\n}\n", true)
	lines := strings.Split(p.files[p.Nginx.Path], "\n")
	for needle, want := range map[string]string{"location /x": "app.conf:5", "nonsense on": "nginx.conf:5", "listen": "app.conf:3"} {
		for i, line := range lines {
			if !strings.Contains(line, needle) || strings.Contains(line, "log_format") {
				continue
			}
			got := strings.ReplaceAll(p.Translate("[emerg] unknown in "+p.Nginx.Path+":"+strconv.Itoa(i+1)), p.Source.Dir+"/", "")
			if got != "[emerg] unknown in "+want {
				t.Errorf("%q in line %d is %q, want %s", needle, i+1, got, want)
			}
		}
	}
}

// TestRequestOfRunningPair knows a URL by the ports of the pair that runs.
func TestRequestOfRunningPair(t *testing.T) {
	t.Parallel()
	p := plan(t, "-- nginx.conf --\nserver { listen 80; return 204; }\n", false)
	p.RunsAs(&Status{Listens: []Listen{{From: "*:80", To: "127.0.0.1:7654"}}})
	for url, want := range map[string]string{"http://localhost:7654/x": ":80", "http://localhost/x": ":80", "http://localhost:7655/x": ":7655"} {
		q, err := p.Request(url, "GET", nil)
		if err != nil || q.Addr != want {
			t.Errorf("%s: %q %v, want %q", url, q.Addr, err, want)
		}
	}
}
