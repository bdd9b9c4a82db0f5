package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/internal/bigconf"
	"github.com/deployctl/deployctl/pair"
)

func frame(message string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(message), message)
}

// talk sends bytes to a server and returns its answers until it has ended, and
// how it did. A handler that is still at work then may write later.
func talk(t *testing.T, input string) ([]map[string]any, error) {
	t.Helper()
	r, w := io.Pipe()
	late := time.AfterFunc(patience, func() { w.CloseWithError(errors.New("the server does not end")) })
	defer late.Stop()
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(context.Background(), strings.NewReader(input), w, Options{Bind: apirule.Bind(false), Delay: time.Millisecond})
		w.Close()
	}()
	var answers []map[string]any
	f := &frames{r: bufio.NewReader(r)}
	for {
		message, err := f.receive()
		if errors.Is(err, io.EOF) {
			return answers, <-ended
		}
		if err != nil {
			t.Fatalf("after %.200q: %v", input, err)
		}
		var list []map[string]any
		var one map[string]any
		if json.Unmarshal(message, &one) == nil {
			list = append(list, one)
		} else if err := json.Unmarshal(message, &list); err != nil {
			t.Fatalf("the server says %q: %v", message, err)
		}
		answers = append(answers, list...)
	}
}

const hello = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	shutdown := frame(`{"jsonrpc":"2.0","id":2,"method":"shutdown"}`)
	exit := frame(`{"jsonrpc":"2.0","method":"exit"}`)
	if _, err := talk(t, frame(hello)); err != nil {
		t.Errorf("when the input ends: %v", err)
	}
	if _, err := talk(t, ""); err != nil {
		t.Errorf("when there is no input: %v", err)
	}
	// exit ends the session though the editor keeps its end open.
	for _, c := range []struct {
		input string
		want  error
	}{{frame(hello) + shutdown + exit, nil}, {frame(hello) + exit, ErrNoShutdown}, {exit, ErrNoShutdown}} {
		r, w := io.Pipe()
		go io.WriteString(w, c.input)
		ended := make(chan error, 1)
		go func() { ended <- Serve(context.Background(), r, io.Discard, Options{}) }()
		select {
		case err := <-ended:
			if !errors.Is(err, c.want) {
				t.Errorf("after %q: %v, want %v", c.input, err, c.want)
			}
		case <-time.After(patience):
			t.Fatalf("no end after %q", c.input)
		}
	}
}

func TestHostileMessages(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(frame(`{"jsonrpc":"2.0","id":0,"method":"textDocument/hover","params":{}}`)) // before initialize
	b.WriteString(frame(hello) + frame(hello))
	values := []string{`{}`, `[]`, `null`, `1`, `"x"`, `{"textDocument":null}`, `{"textDocument":{"uri":"\u0000"}}`, `{"textDocument":{"uri":"file:///%zz"}}`,
		`{"textDocument":{"uri":"file:///no/such/nginx.conf","languageId":"nginx","version":1,"text":"server { \u0000 location ~ ( { uwsgi_pass $x"}}`,
		`{"textDocument":{"uri":"untitled:Untitled-1","languageId":"uwsgi","version":1,"text":"[uwsgi\nsocket = %(socket)\n\\"}}`,
		`{"textDocument":{"uri":"file:///no/such/nginx.conf","version":-5},"contentChanges":[{"range":{"start":{"line":-1,"character":-1},"end":{"line":999999999,"character":-1}},"text":"}\r{"},{"range":{"start":{"line":5,"character":9},"end":{"line":0,"character":0}},"text":"{"}]}`,
		`{"textDocument":{"uri":"file:///no/such/nginx.conf"},"position":{"line":-7,"character":1000000000}}`,
		`{"textDocument":{"uri":"untitled:Untitled-1"},"position":{"line":1,"character":17},"range":{"start":{"line":9,"character":0},"end":{"line":0,"character":0}},"context":{"only":[""]}}`,
		`{"event":{"added":[{"uri":"file:///no"},{"uri":""}],"removed":[{"uri":"x"}]}}`, `{"kind":"source.fixAll.deployctl","data":[1]}`, `{"id":{}}`, `{"id":7}`,
	}
	methods := []string{"nonsense", "$/nonsense", "window/progress"}
	for m := range new(server).handlers() {
		if m != "exit" && m != "shutdown" && m != "initialize" {
			methods = append(methods, m)
		}
	}
	id := 10
	for _, m := range methods {
		for _, v := range values {
			id++
			b.WriteString(frame(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, id, m, v)))
			b.WriteString(frame(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, m, v)))
		}
	}
	for _, raw := range []string{"", "{", "null", "[]", "[1,2]", `{"id":5}`, `{"jsonrpc":"2.0","id":99,"result":null}`, `[{"jsonrpc":"2.0","method":"x"}]`, "\xff\xfe", strings.Repeat("[", 100000)} {
		b.WriteString(frame(raw))
	}
	b.WriteString(frame(`{"jsonrpc":"2.0","id":"last","method":"shutdown"}`))
	answers, err := talk(t, b.String())
	if err != nil {
		t.Errorf("the session ends with %v", err)
	}
	last := false
	for _, a := range answers {
		last = last || a["id"] == "last"
		if e, ok := a["error"].(map[string]any); ok && e["code"] == float64(jsonrpc2.CodeInternalError) {
			t.Errorf("internal error: %v", a)
		}
		if strings.Contains(fmt.Sprint(a["params"]), "failed") {
			t.Errorf("a handler failed: %v", a)
		}
	}
	if !last {
		t.Error("the last request has no answer")
	}
}

func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	for _, input := range []string{
		"Content-Length: 99999999999999999999\r\n\r\n{}", "Content-Length: -1\r\n\r\n", "Content-Length: 1000000000000\r\n\r\n{}",
		"\r\n\r\n", "nonsense\r\n\r\n", strings.Repeat("x", 1<<20), strings.Repeat("a: b\r\n", 1<<16), "Content-Length: 100000000\r\n\r\nshort",
	} {
		if _, err := talk(t, input); err == nil && !strings.HasSuffix(input, "short") {
			t.Errorf("no error for %.60q", input)
		}
	}
}

// TestCancellation holds the lint back, as a large deployment would, and
// cancels a request that waits for it.
func TestCancellation(t *testing.T) {
	t.Parallel()
	s := &server{opts: Options{Delay: time.Hour}, docs: map[string]*document{}}
	s.analyses = newAnalyses(t.Context(), s)
	s.docs["/x/a.conf"] = &document{uri: "file:///x/a.conf", path: "/x/a.conf", language: pair.Nginx, text: newText("server {}")}
	s.analyses.busy <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := s.codeActions(ctx, codeActionParams{TextDocument: textDocument{"file:///x/a.conf"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("codeActions = %v, want that it is cancelled", err)
	}
}

// TestLargeFile types into a file of 2 MB and wants the findings soon.
func TestLargeFile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds with the race detector")
	}
	src := bigconf.Nginx(2500)
	s := open(t, map[string]string{"nginx.conf": src}, "")
	s.open("nginx.conf", "nginx", "")
	s.until("the first findings", func() bool { return s.count["nginx.conf"] > 0 })
	start := time.Now()
	s.edit("nginx.conf", "server_tokens off;", "sever_tokens off;")
	s.until("the finding", func() bool { return s.has("nginx.conf", "nginx-unknown-directive") })
	t.Logf("%d KB: findings %v after the edit", len(src)>>10, time.Since(start))
	if took := time.Since(start); took > 5*time.Second { // generous: the race detector, and a busy machine
		t.Errorf("the findings came %v after the edit", took)
	}
	// What is asked about one place must not wait for long either.
	start = time.Now()
	var ignored any
	for _, method := range []string{"textDocument/completion", "textDocument/hover", "textDocument/definition"} {
		s.call(method, positionParams{s.doc("nginx.conf"), position{len(strings.Split(src, "\n")) - 10, 12}}, &ignored)
	}
	t.Logf("completion, hover and definition: %v", time.Since(start))
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("completion, hover and definition took %v", took)
	}
	start = time.Now()
	changes := make([]any, 0, 500)
	for range 500 {
		changes = append(changes, map[string]any{"range": textRange{position{3, 0}, position{3, 0}}, "text": "\n"})
	}
	s.notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": s.uri("nginx.conf"), "version": 3}, "contentChanges": changes})
	s.until("version 3", func() bool { v := s.published["nginx.conf"].Version; return v != nil && *v == 3 })
	t.Logf("500 edits at once: %v", time.Since(start))
}

// TestEveryPlace asks everything at every place of odd texts. A handler that
// panics answers with an internal error, which call makes fatal.
func TestEveryPlace(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"a.conf": "\ufeffmap $a $b{~^(?<x \"q\\\"\" $\n${y;}server{location @n{try_files @n $;error_page =@n;} set $;geo;upstream{}\r limit_req zone=:;include",
		"b.conf": "http { include b.conf; # 中\n uwsgi_pass 'unix:/x;\n} } server { if ($x = { content_by_lua_block { a = \"}\" } } location ~ ( { proxy_pass https://$h:/$; } 𝄞 {{ x }} ${",
		"a.ini":  "\ufeff[uwsgi\n a=%(b)%(\nb=%(a)\n= \n%\n[]\nsocket=%(socket)\n\\\n;x\nfor-glob = %(\ninclude = a.ini:uwsgi\nini=%(a",
		"a.yaml": "uwsgi:\n  socket: /x\n  - y\n\t: %(z",
		"a.json": "{\"uwsgi\":{\"socket\":[\"/x\",{}]",
		"a.xml":  "<uwsgi><socket>/x</socket><",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, nil, "")
			id := "nginx"
			if !strings.HasSuffix(name, ".conf") {
				id = "uwsgi"
			}
			s.open(name, id, src)
			var ignored any
			for _, method := range []string{"textDocument/documentSymbol", "textDocument/foldingRange", "textDocument/formatting"} {
				s.call(method, documentParams{s.doc(name)}, &ignored)
			}
			x := newText(src)
			for offset := range len(src) + 1 {
				at := positionParams{s.doc(name), x.position(offset, utf16Units)}
				for _, method := range []string{"textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/documentHighlight", "textDocument/references"} {
					if method == "textDocument/completion" && offset%5 != 0 {
						continue // long answers
					}
					s.call(method, at, &ignored)
				}
				s.call("textDocument/codeAction", map[string]any{"textDocument": at.TextDocument, "range": textRange{at.Position, at.Position}, "context": map[string]any{"only": []string{quickFix}}}, &ignored)
			}
		})
	}
}
