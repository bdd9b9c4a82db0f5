package lsp

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	namesConf = `http {
    log_format main '$remote_addr $host';
    map $host $site { default $uri; }
    limit_req_zone $binary_remote_addr zone=perip:10m rate=1r/s;
    limit_conn_zone $binary_remote_addr zone=conns:10m;
    uwsgi_cache_path /var/cache/x keys_zone=pages:10m;
    upstream app { server unix:/run/app.sock; }
    include conf.d/*.conf;
    server {
        listen 80;
        access_log /var/log/x main;
        limit_req zone=perip burst=5;
        limit_conn conns 3;
        set $who "${site}x";
        location ~ ^/u/(?<user>\w+) { return 200 "$user $who"; }
        location / { try_files $uri @app; }
        location @app {
            uwsgi_cache pages;
            uwsgi_pass app;
        }
    }
}
events {}
`
	namesIni = `[uwsgi]
base = /srv/app
chdir = %(base)
socket = /run/app.sock
ini = common.ini
`
)

// lines names places as file:line:text.
func (s *session) lines(places []location) []string {
	var all []string
	for _, l := range places {
		name := s.name(l.URI)
		src := s.texts[name]
		if src == "" {
			all = append(all, fmt.Sprintf("%s:%d", name, l.Range.Start.Line+1))
			continue
		}
		x := newText(src)
		all = append(all, fmt.Sprintf("%s:%d:%s", name, l.Range.Start.Line+1, src[x.offset(l.Range.Start, utf16Units):x.offset(l.Range.End, utf16Units)]))
	}
	slices.Sort(all)
	return all
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	s := open(t, map[string]string{
		"nginx.conf": namesConf, "uwsgi.ini": namesIni, "common.ini": "[uwsgi]\nmaster = true\n",
		"conf.d/a.conf": "server { listen 81; location / { uwsgi_pass app; } }\n",
	}, "")
	s.open("nginx.conf", "nginx", "")
	s.open("uwsgi.ini", "uwsgi", "")
	s.open("conf.d/a.conf", "nginx", "")
	for _, c := range []struct{ file, mark, definition string }{
		{"nginx.conf", "uwsgi_pass a|pp", "nginx.conf:7:app"},
		{"conf.d/a.conf", "uwsgi_pass app|", "nginx.conf:7:app"},
		{"nginx.conf", "/var/log/x ma|in", "nginx.conf:2:main"},
		{"nginx.conf", "zone=per|ip burst", "nginx.conf:4:perip"},
		{"nginx.conf", "limit_conn |conns", "nginx.conf:5:conns"},
		{"nginx.conf", "uwsgi_cache pag|es", "nginx.conf:6:pages"},
		{"nginx.conf", `"${si|te}x"`, "nginx.conf:3:site"},
		{"nginx.conf", `"$us|er`, "nginx.conf:15:user"},
		{"nginx.conf", `$wh|o";`, "nginx.conf:14:who"},
		{"nginx.conf", `$uri @a|pp`, "nginx.conf:17:@app"},
		{"nginx.conf", "conf.d/|*", "conf.d/a.conf:1:"},
		{"nginx.conf", "unix:/run/|app.sock", "uwsgi.ini:4:/run/app.sock"},
		{"uwsgi.ini", "socket = /run/|app", "nginx.conf:7:unix:/run/app.sock"},
		{"uwsgi.ini", "%(ba|se)", "uwsgi.ini:2:base"},
		{"uwsgi.ini", "common|.ini", "common.ini:1"},
		{"nginx.conf", "list|en", ""},
		{"nginx.conf", "events| {}", ""},
		{"uwsgi.ini", "[uw|sgi]", ""},
	} {
		var places []location
		s.call("textDocument/definition", s.at(c.file, c.mark), &places)
		if got := strings.Join(s.lines(places), " "); got != c.definition {
			t.Errorf("%s, %s: %q, want %q", c.file, c.mark, got, c.definition)
		}
	}
	for _, c := range []struct {
		file, mark string
		want       []string
	}{
		{"nginx.conf", "upstream a|pp", []string{"conf.d/a.conf:1:app", "nginx.conf:19:app", "nginx.conf:7:app"}},
		{"nginx.conf", "map $ho|st", []string{"nginx.conf:2:host", "nginx.conf:3:host"}},
		{"uwsgi.ini", "ba|se =", []string{"uwsgi.ini:2:base", "uwsgi.ini:3:base"}},
		{"uwsgi.ini", "socket = /run/|app", []string{"nginx.conf:7:unix:/run/app.sock", "uwsgi.ini:4:/run/app.sock"}},
	} {
		at := s.at(c.file, c.mark)
		var places []location
		s.call("textDocument/references", map[string]any{"textDocument": at.TextDocument, "position": at.Position, "context": map[string]any{"includeDeclaration": true}}, &places)
		if diff := cmp.Diff(c.want, s.lines(places)); diff != "" {
			t.Errorf("%s, %s: %s", c.file, c.mark, diff)
		}
	}
	var marks []documentHighlight
	s.call("textDocument/documentHighlight", s.at("nginx.conf", "upstream a|pp"), &marks)
	if len(marks) != 2 {
		t.Errorf("%d highlights, want 2: %v", len(marks), marks)
	}
}
