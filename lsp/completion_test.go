package lsp

import (
	"slices"
	"strings"
	"testing"
)

func TestCompletion(t *testing.T) {
	t.Parallel()
	s := open(t, map[string]string{"nginx.conf": namesConf, "uwsgi.ini": "[uwsgi]\nsocket = 127.0.0.1:8100\nbase = /srv\n"}, "")
	s.open("nginx.conf", "nginx", "")
	s.open("uwsgi.ini", "uwsgi", "")
	s.until("the first lint", func() bool { return s.count["nginx.conf"] > 0 })
	for _, c := range []struct {
		file, at, typed string // at is replaced by typed, where | is the cursor
		has             []string
		not             []string
	}{
		{"nginx.conf", "events {}", "ev|", []string{"events", "http", "worker_processes"}, []string{"server", "location"}},
		{"nginx.conf", "        listen 80;", "        lis|", []string{"listen", "server_name", "location", "include"}, []string{"events", "http"}},
		{"nginx.conf", "uwsgi_pass app;", "uwsgi_pass |", []string{"app", "127.0.0.1:8100"}, []string{"listen", "perip"}},
		{"nginx.conf", "uwsgi_pass app;", "proxy_pass http://a|", []string{"http://app"}, nil},
		{"nginx.conf", "uwsgi_pass app;", "uwsgi_buffering |", []string{"on", "off"}, []string{"app"}},
		{"nginx.conf", "uwsgi_cache pages;", "uwsgi_cache |", []string{"pages", "off"}, []string{"app"}},
		{"nginx.conf", "limit_req zone=perip burst=5;", "limit_req z|", []string{"zone=perip"}, nil},
		{"nginx.conf", "limit_conn conns 3;", "limit_conn |;", []string{"conns"}, nil},
		{"nginx.conf", "access_log /var/log/x main;", "access_log /x |;", []string{"main"}, []string{"off"}},
		{"nginx.conf", "try_files $uri @app;", "try_files $uri @|;", []string{"@app"}, nil},
		{"nginx.conf", "try_files $uri @app;", "try_files $|;", []string{"site", "who", "user", "uri", "document_root"}, []string{"@app"}},
		{"nginx.conf", `"${site}x"`, `"x${si|`, []string{"site", "scheme"}, nil},
		{"nginx.conf", "listen 80;", "listen 80 def|;", []string{"default_server", "ssl"}, nil},
		{"nginx.conf", "server unix:/run/app.sock;", "server |;", []string{"127.0.0.1:8100"}, nil},
		{"nginx.conf", "server unix:/run/app.sock;", "ke|", []string{"keepalive", "ip_hash", "server"}, []string{"root"}},
		{"nginx.conf", "default $uri;", "d|", nil, []string{"root", "listen"}},
		{"nginx.conf", "listen 80;", "# lis|", nil, []string{"listen"}},
		{"uwsgi.ini", "base = /srv", "ma|", []string{"master", "module", "http-socket"}, nil},
		{"uwsgi.ini", "base = /srv", "master = |", []string{"true", "false"}, nil},
		{"uwsgi.ini", "base = /srv", "socket = |", []string{"/run/app.sock"}, nil},
		{"uwsgi.ini", "base = /srv", "base = %(so|", []string{"socket", "base"}, nil},
		{"uwsgi.ini", "base = /srv", "plugin = py|", []string{"python", "http"}, []string{"core"}},
		{"uwsgi.ini", "base = /srv", "cheaper-algo = |", []string{"busyness"}, nil},
		{"uwsgi.ini", "base = /srv", "; ma|", nil, []string{"master"}},
		{"uwsgi.ini", "[uwsgi]", "[u|", []string{"uwsgi"}, nil},
	} {
		before := s.texts[c.file]
		cursor := strings.Index(c.typed, "|")
		typed := strings.Replace(c.typed, "|", "", 1)
		changed := strings.Replace(before, c.at, typed, 1)
		if changed == before {
			t.Fatalf("%q does not stand in %s", c.at, c.file)
		}
		s.replace(c.file, changed)
		offset := strings.Index(before, c.at) + cursor
		var list completionList
		s.call("textDocument/completion", positionParams{s.doc(c.file), newText(changed).position(offset, utf16Units)}, &list)
		var labels []string
		for _, item := range list.Items {
			labels = append(labels, item.Label)
		}
		for _, label := range c.has {
			if !slices.Contains(labels, label) {
				t.Errorf("%q: %q is not proposed among %.300q", c.typed, label, labels)
			}
		}
		for _, label := range c.not {
			if slices.Contains(labels, label) {
				t.Errorf("%q: %q is proposed", c.typed, label)
			}
		}
		// What is taken replaces what was typed of it.
		if len(list.Items) > 0 && len(c.has) > 0 {
			i := slices.Index(labels, c.has[0])
			if i >= 0 {
				got := applyEdits(changed, []textEdit{*list.Items[i].TextEdit})
				if want := changed[:offset]; !strings.Contains(got, c.has[0]) || strings.Count(got, "\n") != strings.Count(want+changed[offset:], "\n") {
					t.Errorf("%q: taken, it reads %q", c.typed, got)
				}
			}
		}
		s.replace(c.file, before)
	}
}
