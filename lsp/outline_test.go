package lsp

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// names returns the names of symbols with their details, children in brackets.
func names(symbols []documentSymbol) []any {
	var all []any
	for _, s := range symbols {
		name := s.Name
		if s.Detail != "" {
			name += ": " + s.Detail
		}
		all = append(all, name)
		if len(s.Children) > 0 {
			all = append(all, names(s.Children))
		}
	}
	return all
}

func TestSymbols(t *testing.T) {
	t.Parallel()
	s := open(t, nil, "")
	s.open("nginx.conf", "nginx", `events {}
http {
    map $host $site { default a; }
    upstream app { server unix:/run/a.sock; }
    server {
        listen 80;
        server_name example.com www.example.com;
        set $x 1;
        location / { if ($x) { return 404; } }
        location @app { uwsgi_pass app; }
    }
    server { listen 8080; }
    server {
`)
	var symbols []documentSymbol
	s.call("textDocument/documentSymbol", documentParams{s.doc("nginx.conf")}, &symbols)
	want := []any{"events", "http", []any{
		"map $host $site", "upstream app",
		"server: example.com www.example.com", []any{"set $x", "location /", []any{"if ($x)"}, "location @app"},
		"server: 8080", "server",
	}}
	if diff := cmp.Diff(want, names(symbols)); diff != "" {
		t.Error(diff)
	}
	s.open("a.ini", "ini", "first = 1\n[uwsgi]\nsocket = :80\nmaster\n[other]\n")
	s.call("textDocument/documentSymbol", documentParams{s.doc("a.ini")}, &symbols)
	if diff := cmp.Diff([]any{"first: 1", "uwsgi", []any{"socket: :80", "master"}, "other"}, names(symbols)); diff != "" {
		t.Error(diff)
	}
}

func TestFolds(t *testing.T) {
	t.Parallel()
	s := open(t, nil, "")
	s.open("a.conf", "nginx", "# one\n# two\nserver {\n    listen 80;\n    location / {\n        root /x;\n    }\n}\nserver { listen 81; }\n")
	var folds []foldingRange
	s.call("textDocument/foldingRange", documentParams{s.doc("a.conf")}, &folds)
	if diff := cmp.Diff([]foldingRange{{2, 6, ""}, {4, 5, ""}, {0, 1, "comment"}}, folds); diff != "" {
		t.Error(diff)
	}
	s.open("a.ini", "ini", "# one\n[uwsgi]\nsocket = :80\nmaster = true\n; two\n; three\n[other]\n")
	s.call("textDocument/foldingRange", documentParams{s.doc("a.ini")}, &folds)
	if diff := cmp.Diff([]foldingRange{{1, 3, ""}, {4, 5, "comment"}}, folds); diff != "" {
		t.Error(diff)
	}
}

func TestFormatting(t *testing.T) {
	t.Parallel()
	s := open(t, nil, "")
	s.open("a.conf", "nginx", "server {\n  listen   80;\n      root /x; }\n")
	s.open("a.ini", "ini", "[uwsgi]\n  socket=:8001\nmaster   = true\n")
	s.open("bad.conf", "nginx", "server {\n  listen 80\n")
	for name, want := range map[string]string{
		"a.conf":   "server {\n    listen 80;\n    root /x;\n}\n",
		"a.ini":    "[uwsgi]\nsocket = :8001\nmaster = true\n",
		"bad.conf": "server {\n  listen 80\n",
	} {
		var edits []textEdit
		s.call("textDocument/formatting", map[string]any{"textDocument": s.doc(name), "options": map[string]any{"tabSize": 8}}, &edits)
		if got := applyEdits(s.texts[name], edits); got != want {
			t.Errorf("%s becomes %q, want %q", name, got, want)
		}
	}
	s.until("why one is left alone", func() bool { return len(s.messages) == 1 })
}
