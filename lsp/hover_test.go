package lsp

import (
	"strings"
	"testing"
)

func TestHover(t *testing.T) {
	t.Parallel()
	s := open(t, map[string]string{"nginx.conf": namesConf, "uwsgi.ini": "[uwsgi]\nsocket = 127.0.0.1:8100\nhttp-timeout = 5\nnonsense = 1\nenable-threads = true\n"}, "")
	s.open("nginx.conf", "nginx", "")
	s.open("uwsgi.ini", "uwsgi", "")
	s.until("the first lint", func() bool { return s.count["nginx.conf"] > 0 })
	for _, c := range []struct {
		file, mark string
		has        []string
	}{
		{"nginx.conf", "uwsgi_pa|ss app", []string{"**uwsgi_pass**", "binary protocol", "Takes: 1 argument", "Stands in: location", "ngx_http_uwsgi_module"}},
		{"nginx.conf", "list|en 80", []string{"**listen**", "Stands in: server", "Default: `*:80`", "several times"}},
		{"nginx.conf", "limit_|req zone", []string{"Takes: 1, 2 or 3 arguments"}},
		{"nginx.conf", "$wh|o\";", []string{"**$who**", "set", "nginx.conf:14"}},
		{"nginx.conf", "try_files $u|ri", []string{"nginx's own"}},
		{"nginx.conf", "eve|nts {}", []string{"**events**", "Stands in: main"}},
		{"nginx.conf", "defa|ult $uri", nil}, // a line of a map
		{"nginx.conf", "conns |3", nil},
		{"uwsgi.ini", "soc|ket", []string{"**socket**", "uwsgi protocol", "all of them count", "The same setting as: `uwsgi-socket`"}},
		{"uwsgi.ini", "http-|timeout", []string{"Plugin: http", "60"}},
		{"uwsgi.ini", "enable-|threads", []string{"true or false", "the last one counts"}},
		{"uwsgi.ini", "nonsen|se", nil},
		{"uwsgi.ini", "[uwsg|i]", nil},
	} {
		var got *hover
		s.call("textDocument/hover", s.at(c.file, c.mark), &got)
		if got == nil {
			if c.has != nil {
				t.Errorf("%s says nothing", c.mark)
			}
			continue
		}
		if c.has == nil {
			t.Errorf("%s says %q", c.mark, got.Contents.Value)
		}
		for _, text := range c.has {
			if !strings.Contains(got.Contents.Value, text) {
				t.Errorf("%s lacks %q:\n%s", c.mark, text, got.Contents.Value)
			}
		}
	}
}
