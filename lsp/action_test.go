package lsp

import (
	"strings"
	"testing"
)

// actions asks for what can be done at a place.
func (s *session) actions(name, mark string, only ...string) []codeAction {
	s.t.Helper()
	at := s.at(name, mark)
	params := map[string]any{
		"textDocument": at.TextDocument, "range": textRange{at.Position, at.Position},
		"context": map[string]any{"diagnostics": []any{}, "only": only},
	}
	var list []codeAction
	s.call("textDocument/codeAction", params, &list)
	return list
}

func find(t *testing.T, list []codeAction, title string) codeAction {
	t.Helper()
	var titles []string
	for _, a := range list {
		if strings.HasPrefix(a.Title, title) {
			return a
		}
		titles = append(titles, a.Title)
	}
	t.Fatalf("no action %q among %q", title, titles)
	return codeAction{}
}

const resolving = `{"workspace":{"workspaceEdit":{"documentChanges":true}},"textDocument":{"codeAction":{"resolveSupport":{"properties":["edit"]}}}}`

func TestQuickFix(t *testing.T) {
	t.Parallel()
	for _, capabilities := range []string{"", resolving} {
		s := open(t, pairFiles(), capabilities)
		s.open("site.conf", "nginx", strings.Replace(nginxConf, "server_name", "sever_name", 1))
		var fix codeAction
		for _, a := range s.actions("site.conf", "sever|_name", quickFix) {
			if a.IsPreferred && strings.Contains(a.Diagnostics[0].Message, "sever_name") {
				fix = a
			}
		}
		if got := s.apply(fix.Edit)["site.conf"]; got != nginxConf {
			t.Errorf("the fix %q makes:\n%s", fix.Title, got)
		}
		if list := s.actions("site.conf", "listen| 80", quickFix); len(list) != 0 {
			t.Errorf("a line without findings has actions: %v", list)
		}
	}
}

func TestFixAll(t *testing.T) {
	t.Parallel()
	for _, capabilities := range []string{"", resolving} {
		s := open(t, map[string]string{"site.conf": nginxConf, "uwsgi.ini": uwsgiIni, "uwsgi_params": pairFiles()["uwsgi_params"]}, capabilities)
		s.open("site.conf", "nginx", strings.NewReplacer("server_name", "sever_name", "listen 80", "lisen 80").Replace(nginxConf))
		all := find(t, s.actions("site.conf", "|server {", "source.fixAll"), "Mend all")
		if (all.Edit == nil) != (capabilities == resolving) {
			t.Errorf("edit at once: %v, with capabilities %q", all.Edit != nil, capabilities)
		}
		if all.Edit == nil {
			s.call("codeAction/resolve", all, &all)
		}
		got := s.apply(all.Edit)
		if text := got["site.conf"]; !strings.Contains(text, "server_name example.com;") || !strings.Contains(text, "listen 80;") {
			t.Errorf("mended:\n%s", text)
		}
		if _, ok := got["uwsgi.ini"]; !ok {
			t.Error("the file that is not open is not mended")
		}
	}
}

// TestSilence applies the comments, twice for the second rule of a line, and
// looks that the findings are gone.
func TestSilence(t *testing.T) {
	t.Parallel()
	s := open(t, pairFiles(), "")
	s.open("site.conf", "nginx", "")
	s.open("uwsgi.ini", "ini", strings.Replace(uwsgiIni, "master = true", "mastr = true", 1))
	s.until("findings", func() bool {
		return s.has("site.conf", "pair-socket-mismatch") && s.has("uwsgi.ini", "uwsgi-unknown-option")
	})
	a := find(t, s.actions("site.conf", "127.0.0.1:|8001"), "Silence pair-socket-mismatch here")
	changed := s.apply(a.Edit)["site.conf"]
	if !strings.Contains(changed, "\n        # deployctl:ignore pair-socket-mismatch\n        uwsgi_pass") {
		t.Fatalf("silenced:\n%s", changed)
	}
	s.replace("site.conf", changed)
	s.until("silence", func() bool { return !s.has("site.conf", "pair-socket-mismatch") })
	a = find(t, s.actions("uwsgi.ini", "mas|tr"), "Silence uwsgi-unknown-option in this file")
	s.replace("uwsgi.ini", s.apply(a.Edit)["uwsgi.ini"])
	s.until("silence", func() bool { return !s.has("uwsgi.ini", "uwsgi-unknown-option") })
}

func TestNoCommentWithinAWord(t *testing.T) {
	t.Parallel()
	src := "server {\n    listen 80;\n    add_header X \"a\n b\" nonsense more;\n}\n"
	s := open(t, nil, "")
	s.open("a.conf", "nginx", src)
	for _, a := range s.actions("a.conf", "nonsen|se") {
		if strings.HasSuffix(a.Title, " here") {
			if got := s.apply(a.Edit)["a.conf"]; strings.Contains(got, "\"a\n") && !strings.Contains(got, "\"a\n b\"") {
				t.Errorf("%s breaks a string:\n%s", a.Title, got)
			}
		}
	}
}

// replace replaces a whole document.
func (s *session) replace(name, src string) {
	s.t.Helper()
	s.versions[name]++
	s.texts[name] = src
	s.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": s.uri(name), "version": s.versions[name]},
		"contentChanges": []any{map[string]any{"text": src}},
	})
}
