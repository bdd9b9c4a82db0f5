package lsp

import (
	"strings"
	"testing"
)

// The pair of these tests: nginx passes to 8001, uWSGI binds 8002.
const (
	nginxConf = `server {
    listen 80;
    server_name example.com;
    location / {
        include uwsgi_params;
        uwsgi_pass 127.0.0.1:8001;
    }
}
`
	uwsgiIni = `[uwsgi]
socket = 127.0.0.1:8002
module = app
master = true
vacuum = true
die-on-term = true
`
)

func pairFiles() map[string]string {
	return map[string]string{"site.conf": nginxConf, "uwsgi.ini": uwsgiIni, "uwsgi_params": "uwsgi_param QUERY_STRING $query_string;\n"}
}

func TestDiagnosticsOfBothFiles(t *testing.T) {
	t.Parallel()
	s := open(t, pairFiles(), "")
	s.open("site.conf", "nginx", "")
	s.until("the finding that needs both files", func() bool { return s.has("site.conf", "pair-socket-mismatch") })
	s.open("uwsgi.ini", "ini", "")
	s.edit("uwsgi.ini", "8002", "8001") // not saved: what is on disk differs
	s.until("the other file's finding is gone", func() bool {
		return !s.has("site.conf", "pair-socket-mismatch") && s.published["uwsgi.ini"].Version != nil && *s.published["uwsgi.ini"].Version == 2
	})
	s.edit("site.conf", "8001", "9000")
	s.until("it is back, at the new version", func() bool {
		p := s.published["site.conf"]
		return s.has("site.conf", "pair-socket-mismatch") && p.Version != nil && *p.Version == 2
	})
	s.notify("textDocument/didClose", map[string]any{"textDocument": s.doc("site.conf")})
	s.until("what is on disk holds again", func() bool { return !s.has("site.conf", "pair-socket-mismatch") })
}

func TestFindingsOfFilesThatAreNotOpen(t *testing.T) {
	t.Parallel()
	files := pairFiles()
	files["uwsgi.ini"] = strings.Replace(uwsgiIni, "master", "mastr", 1)
	s := open(t, files, "")
	s.open("site.conf", "nginx", "")
	s.until("the misspelled option", func() bool { return s.has("uwsgi.ini", "uwsgi-unknown-option") })
}

// TestPositions16 has characters before the finding that take one, two and
// three units in the encodings.
func TestFindingAfterWideCharacters(t *testing.T) {
	t.Parallel()
	src := "# 中文\nserver { set $a \"é𝄞\"; lisen 80; }\n"
	for _, c := range []struct {
		capabilities string
		character    int
	}{
		{"{}", 23},
		{`{"general":{"positionEncodings":["utf-16"]}}`, 23},
		{`{"general":{"positionEncodings":["utf-32","utf-8"]}}`, 26},
	} {
		s := open(t, nil, c.capabilities)
		s.open("a.conf", "nginx", src)
		s.until("the finding", func() bool { return s.has("a.conf", "nginx-unknown-directive") })
		s.mu.Lock()
		for _, d := range s.published["a.conf"].Diagnostics {
			if want := (position{1, c.character}); d.Code == "nginx-unknown-directive" && d.Range.Start != want {
				t.Errorf("%s: the finding starts at %v, want %v", c.capabilities, d.Range.Start, want)
			}
		}
		s.mu.Unlock()
	}
}

func TestConfigurationIsTheProjects(t *testing.T) {
	t.Parallel()
	files := pairFiles()
	files[".deployctl-lint.ini"] = "[lint]\nignore = pair-socket-mismatch\n"
	s := open(t, files, "")
	s.open("site.conf", "nginx", "")
	s.until("a publication", func() bool { return s.count["site.conf"] > 0 })
	s.mu.Lock()
	if s.has("site.conf", "pair-socket-mismatch") {
		t.Error("the rule is ignored, and reports")
	}
	s.mu.Unlock()
	write(t, s.dir+"/.deployctl-lint.ini", "[lint]\nignroe = x\n")
	s.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	s.until("the complaint, and the rule", func() bool {
		return s.has("site.conf", "pair-socket-mismatch") && len(s.messages) > 0 && strings.Contains(s.messages[0], "ignroe")
	})
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	t.Parallel()
	s := open(t, map[string]string{"tox.ini": "[tox]\nenvlist = py3\n"}, "")
	s.open("tox.ini", "ini", "")
	s.open("new.conf", "nginx", "foo;\n")
	s.until("the one of ours", func() bool { return s.has("new.conf", "nginx-unknown-directive") })
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := s.published["tox.ini"].Diagnostics; len(n) > 0 {
		t.Errorf("tox.ini has findings: %v", n)
	}
}

func TestDeploymentInOneFolderAbove(t *testing.T) {
	t.Parallel()
	s := open(t, map[string]string{
		"deploy/nginx/site.conf": strings.Replace(nginxConf, "        include uwsgi_params;\n", "", 1), "deploy/uwsgi/app.ini": uwsgiIni,
		"other/nginx.conf": "nonsense;\n",
	}, "")
	s.open("deploy/nginx/site.conf", "nginx", "")
	s.until("the finding that needs both files", func() bool { return s.has("deploy/nginx/site.conf", "pair-socket-mismatch") })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count["other/nginx.conf"] > 0 {
		t.Error("a file of no concern was read")
	}
}

func TestDocumentBehindALink(t *testing.T) {
	t.Parallel()
	files := pairFiles()
	files["sites-available/site"] = strings.Replace(nginxConf, "8001", "8002", 1)
	delete(files, "site.conf")
	s := open(t, files, "")
	link(t, "../sites-available/site", s.dir+"/sites-enabled/site")
	s.open("sites-available/site", "nginx", "")
	s.until("a publication", func() bool { return s.count["sites-available/site"] > 0 })
	s.edit("sites-available/site", "8002", "8003")
	s.until("the finding, in the document that is open", func() bool { return s.has("sites-available/site", "pair-socket-mismatch") })
}

func TestWatchesFiles(t *testing.T) {
	t.Parallel()
	s := open(t, pairFiles(), `{"workspace":{"didChangeWatchedFiles":{"dynamicRegistration":true}}}`)
	s.until("the registration", func() bool {
		return len(s.messages) == 1 && strings.HasPrefix(s.messages[0], "client/registerCapability ") && strings.Contains(s.messages[0], "*.ini")
	})
	s.open("site.conf", "nginx", "")
	s.until("the finding", func() bool { return s.has("site.conf", "pair-socket-mismatch") })
	write(t, s.dir+"/uwsgi.ini", strings.Replace(uwsgiIni, "8002", "8001", 1))
	s.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": s.uri("uwsgi.ini"), "type": 2}}})
	s.until("the other file's change", func() bool { return !s.has("site.conf", "pair-socket-mismatch") })
}

// TestContract holds the routes against the contract that the description
// names, and says once that one cannot be read.
func TestContract(t *testing.T) {
	t.Parallel()
	s := open(t, map[string]string{
		"deployctl.ini": "[project]\nname = shop\nopenapi = openapi.yaml\n",
		"openapi.yaml":  "openapi: 3.0.3\ninfo: {title: shop, version: '1'}\npaths:\n  /orders:\n    get:\n      responses: {'200': {description: ok}}\n",
		"nginx.conf":    "events {}\nhttp {\n    server {\n        listen 80;\n        location /static/ {\n            root /srv;\n        }\n    }\n}\n",
	}, "")
	s.open("nginx.conf", "nginx", "")
	s.until("the finding about the contract", func() bool { return s.has("nginx.conf", "api-shadowed-operation") })
	write(t, s.dir+"/openapi.yaml", "swagger: '2.0'\n")
	s.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	s.until("the complaint", func() bool {
		return !s.has("nginx.conf", "api-shadowed-operation") && len(s.messages) > 0 && strings.Contains(strings.Join(s.messages, "\n"), "Swagger 2.0")
	})
}
