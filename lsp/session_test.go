package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/deployctl/deployctl/api/apirule"
)

// session is an editor in a test: it speaks the protocol over pipes.
type session struct {
	t   *testing.T
	dir string
	rpc *jsonrpc2.Conn

	mu        sync.Mutex
	arrived   *sync.Cond
	published map[string]publishParams // the last of each file, by base name
	count     map[string]int           // of publications, by base name
	messages  []string
	texts     map[string]string // of open documents, by name
	versions  map[string]int
	ended     chan error
}

// patience is how long a test waits for something that never comes.
const patience = 20 * time.Second

// open starts a server and an editor in a folder that holds files.
func open(t *testing.T, files map[string]string, capabilities string) *session {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	s := &session{
		t: t, dir: dir, published: map[string]publishParams{}, count: map[string]int{},
		texts: map[string]string{}, versions: map[string]int{}, ended: make(chan error, 1),
	}
	s.arrived = sync.NewCond(&s.mu)
	toServer, fromEditor := io.Pipe()
	toEditor, fromServer := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		s.ended <- Serve(ctx, toServer, fromServer, Options{Version: "test", Bind: apirule.Bind(false), Delay: time.Millisecond})
		fromServer.Close()
	}()
	stream := &frames{r: bufio.NewReader(toEditor), w: fromEditor, c: fromEditor}
	s.rpc = jsonrpc2.NewConn(ctx, stream, s, jsonrpc2.SetLogger(log.New(io.Discard, "", 0)))
	t.Cleanup(func() {
		s.rpc.Close()
		stop()
	})
	if capabilities == "" {
		capabilities = "{}"
	}
	var result initializeResult
	s.call("initialize", map[string]any{"rootUri": uriOf(dir), "capabilities": json.RawMessage(capabilities)}, &result)
	s.notify("initialized", map[string]any{})
	return s
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Handle takes what the server says.
func (s *session) Handle(ctx context.Context, conn *jsonrpc2.Conn, req *jsonrpc2.Request) {
	if !req.Notif {
		if err := conn.Reply(ctx, req.ID, nil); err != nil {
			s.t.Error(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch req.Method {
	case "textDocument/publishDiagnostics":
		var p publishParams
		if err := json.Unmarshal(*req.Params, &p); err != nil {
			s.t.Error(err)
		}
		name := s.name(p.URI)
		s.published[name] = p
		s.count[name]++
	default:
		s.messages = append(s.messages, req.Method+" "+string(*req.Params))
	}
	s.arrived.Broadcast()
}

func (s *session) name(uri string) string {
	path, ok := pathOf(uri)
	if !ok {
		return uri
	}
	name, err := filepath.Rel(s.dir, path)
	if err != nil {
		return path
	}
	return name
}

func (s *session) uri(name string) string { return uriOf(filepath.Join(s.dir, name)) }

func (s *session) doc(name string) textDocument { return textDocument{s.uri(name)} }

func (s *session) call(method string, params, result any) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	if err := s.rpc.Call(ctx, method, params, result); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
}

func (s *session) notify(method string, params any) {
	s.t.Helper()
	if err := s.rpc.Notify(context.Background(), method, params); err != nil {
		s.t.Fatalf("%s: %v", method, err)
	}
}

// open opens a document that lies on disk, or one with another text.
func (s *session) open(name, id, src string) {
	s.t.Helper()
	if src == "" {
		b, err := os.ReadFile(filepath.Join(s.dir, name))
		if err != nil {
			s.t.Fatal(err)
		}
		src = string(b)
	}
	s.texts[name], s.versions[name] = src, 1
	s.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": s.uri(name), "languageId": id, "version": 1, "text": src,
	}})
}

// edit replaces the only occurrence of a text in a document, as one change.
func (s *session) edit(name, old, new string) {
	s.t.Helper()
	src := s.texts[name]
	if strings.Count(src, old) != 1 {
		s.t.Fatalf("%q stands %d times in %s", old, strings.Count(src, old), name)
	}
	at := strings.Index(src, old)
	x := newText(src)
	s.versions[name]++
	s.texts[name] = src[:at] + new + src[at+len(old):]
	s.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": s.uri(name), "version": s.versions[name]},
		"contentChanges": []any{map[string]any{"range": textRange{x.position(at, utf16Units), x.position(at+len(old), utf16Units)}, "text": new}},
	})
}

// at returns the position of the | in a text that stands once in a document.
func (s *session) at(name, mark string) positionParams {
	s.t.Helper()
	src := s.texts[name]
	before, after, _ := strings.Cut(mark, "|")
	if strings.Count(src, before+after) != 1 {
		s.t.Fatalf("%q stands %d times in %s", before+after, strings.Count(src, before+after), name)
	}
	offset := strings.Index(src, before+after) + len(before)
	return positionParams{s.doc(name), newText(src).position(offset, utf16Units)}
}

// until waits until a condition on what was published holds.
func (s *session) until(what string, ok func() bool) {
	s.t.Helper()
	timer := time.AfterFunc(patience, func() { s.mu.Lock(); s.arrived.Broadcast(); s.mu.Unlock() })
	defer timer.Stop()
	end := time.Now().Add(patience)
	s.mu.Lock()
	defer s.mu.Unlock()
	for !ok() {
		if time.Now().After(end) {
			s.t.Fatalf("never came: %s; last published: %+v", what, s.published)
		}
		s.arrived.Wait()
	}
}

// has tells whether the last publication for a file has a finding of a rule;
// s.mu is held.
func (s *session) has(name, rule string) bool {
	for _, d := range s.published[name].Diagnostics {
		if d.Code == rule {
			return true
		}
	}
	return false
}

// apply makes the edits of an action on the open documents and those on disk.
func (s *session) apply(e *workspaceEdit) map[string]string {
	s.t.Helper()
	if e == nil {
		s.t.Fatal("the action has no edit")
	}
	all := map[string][]textEdit{}
	for uri, edits := range e.Changes {
		all[s.name(uri)] = edits
	}
	for _, d := range e.DocumentChanges {
		all[s.name(d.TextDocument.URI)] = d.Edits
	}
	out := map[string]string{}
	for name, edits := range all {
		src, ok := s.texts[name]
		if !ok {
			b, err := os.ReadFile(filepath.Join(s.dir, name))
			if err != nil {
				s.t.Fatal(err)
			}
			src = string(b)
		}
		out[name] = applyEdits(src, edits)
	}
	return out
}

// applyEdits makes edits as an editor does: all positions are those of the old
// text, and insertions at one place keep their order.
func applyEdits(src string, edits []textEdit) string {
	x := newText(src)
	var b strings.Builder
	at := 0
	for len(edits) > 0 {
		first := 0
		for i, e := range edits {
			if x.offset(e.Range.Start, utf16Units) < x.offset(edits[first].Range.Start, utf16Units) {
				first = i
			}
		}
		e := edits[first]
		edits = append(append([]textEdit{}, edits[:first]...), edits[first+1:]...)
		start := x.offset(e.Range.Start, utf16Units)
		b.WriteString(src[at:start])
		b.WriteString(e.NewText)
		at = x.offset(e.Range.End, utf16Units)
	}
	b.WriteString(src[at:])
	return b.String()
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}
