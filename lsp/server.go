package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime/debug"
	"sync"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// ErrNoShutdown is the error of Serve when the editor left without asking the
// server to shut down first, for which the protocol wants exit code 1.
var ErrNoShutdown = errors.New("the editor left without a shutdown request")

// Options say what a server knows.
type Options struct {
	Version string
	// Bind gives the rules, bound to the contract that a deployment names.
	Bind lint.Bind
	// Catalog is the language of messages; nil is English.
	Catalog diag.Catalog
	// Delay is how long a document has to rest before it is linted; 0 means
	// 150 ms.
	Delay time.Duration
}

// The protocol's own error codes.
const (
	notInitialized   = -32002
	requestCancelled = -32800
)

// server is one session with an editor.
type server struct {
	opts Options
	conn *jsonrpc2.Conn
	done chan struct{} // closed by exit

	mu          sync.Mutex
	initialized bool
	shutdown    bool
	exited      bool
	client      client
	docs        map[string]*document // by key
	folders     []string
	running     map[jsonrpc2.ID]context.CancelFunc // requests that are worked on
	analyses    *analyses
}

// client is what the editor said of itself.
type client struct {
	encoding        encoding
	documentChanges bool // edits carry the version they are meant for
	resolves        bool // an action's edit may be asked for later
	watches         bool // it may be asked to tell of changes on disk
}

// Serve talks to an editor until it leaves, in ends, or ctx does. in is closed
// then, if it can be.
func Serve(ctx context.Context, in io.Reader, out io.Writer, opts Options) error {
	if opts.Delay == 0 {
		opts.Delay = 150 * time.Millisecond
	}
	s := &server{opts: opts, done: make(chan struct{}), docs: map[string]*document{}, running: map[jsonrpc2.ID]context.CancelFunc{}}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.analyses = newAnalyses(ctx, s)
	closer, _ := in.(io.Closer)
	f := &frames{r: bufio.NewReader(in), w: out, c: closer}
	s.mu.Lock() // no request is handled before the connection is known
	s.conn = jsonrpc2.NewConn(ctx, f, dispatcher{s, s.handlers()}, jsonrpc2.SetLogger(log.New(io.Discard, "", 0)))
	s.mu.Unlock()
	defer s.conn.Close()
	select {
	case <-s.conn.DisconnectNotify():
	case <-s.done:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.exited && !s.shutdown:
		return ErrNoShutdown
	case s.exited:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return f.failure()
}

// handler answers one method.
type handler func(context.Context, json.RawMessage) (any, error)

func (s *server) handlers() map[string]handler {
	return map[string]handler{
		"initialize":                          handle(s.initialize),
		"initialized":                         handle(s.onInitialized),
		"shutdown":                            handle(s.onShutdown),
		"exit":                                handle(s.onExit),
		"$/cancelRequest":                     handle(s.cancel),
		"textDocument/didOpen":                handle(s.didOpen),
		"textDocument/didChange":              handle(s.didChange),
		"textDocument/didClose":               handle(s.didClose),
		"textDocument/didSave":                handle(s.didSave),
		"workspace/didChangeWatchedFiles":     handle(s.didChangeFiles),
		"workspace/didChangeWorkspaceFolders": handle(s.didChangeFolders),
		"textDocument/codeAction":             handle(s.codeActions),
		"codeAction/resolve":                  handle(s.resolveAction),
		"textDocument/hover":                  handle(s.hover),
		"textDocument/completion":             handle(s.completion),
		"textDocument/definition":             handle(s.definition),
		"textDocument/references":             handle(s.references),
		"textDocument/documentHighlight":      handle(s.highlights),
		"textDocument/formatting":             handle(s.formatting),
		"textDocument/documentSymbol":         handle(s.symbols),
		"textDocument/foldingRange":           handle(s.folds),
	}
}

// handle makes a handler of a function of typed parameters.
func handle[P, R any](f func(context.Context, P) (R, error)) handler {
	return func(ctx context.Context, raw json.RawMessage) (any, error) {
		var params P
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &params); err != nil {
				return nil, failure(jsonrpc2.CodeInvalidParams, "%v", err)
			}
		}
		return f(ctx, params)
	}
}

// dispatcher implements jsonrpc2.Handler.
type dispatcher struct {
	s       *server
	methods map[string]handler
}

// Handle works on notifications, and on what begins and ends a session, in the
// order in which they arrive; all else that is asked for is worked on at once,
// and finds every change before it made.
func (d dispatcher) Handle(ctx context.Context, _ *jsonrpc2.Conn, req *jsonrpc2.Request) {
	s := d.s
	if req.Notif || req.Method == "initialize" || req.Method == "shutdown" {
		s.answer(ctx, req, d.methods[req.Method])
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.running[req.ID] = cancel
	s.mu.Unlock()
	go func() {
		defer cancel()
		s.answer(ctx, req, d.methods[req.Method])
		s.mu.Lock()
		delete(s.running, req.ID)
		s.mu.Unlock()
	}()
}

// answer works on one request and sends what came of it. What goes wrong with
// a notification is nobody's to hear.
func (s *server) answer(ctx context.Context, req *jsonrpc2.Request, h handler) {
	result, err := s.work(ctx, req, h)
	if req.Notif {
		return
	}
	if ctx.Err() != nil {
		err = failure(requestCancelled, "the request is cancelled")
	}
	if err == nil {
		// An answer that does not arrive has no reader any more.
		_ = s.conn.Reply(ctx, req.ID, result)
		return
	}
	var e *jsonrpc2.Error
	if !errors.As(err, &e) {
		e = failure(jsonrpc2.CodeInternalError, "%v", err)
	}
	_ = s.conn.ReplyWithError(ctx, req.ID, e)
}

// work calls a handler. One that fails in an unforeseen way gives an error, and
// the session goes on.
func (s *server) work(ctx context.Context, req *jsonrpc2.Request, h handler) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			s.log(fmt.Sprintf("%s failed: %v\n%s", req.Method, r, debug.Stack()))
			result, err = nil, failure(jsonrpc2.CodeInternalError, "%s failed: %v", req.Method, r)
		}
	}()
	if err := s.admits(req); err != nil {
		return nil, err
	}
	if h == nil {
		return nil, failure(jsonrpc2.CodeMethodNotFound, "%q is not known", req.Method)
	}
	var params json.RawMessage
	if req.Params != nil {
		params = *req.Params
	}
	return h(ctx, params)
}

func failure(code int64, format string, args ...any) *jsonrpc2.Error {
	return &jsonrpc2.Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// admits tells whether the session is in a state that allows a request.
func (s *server) admits(req *jsonrpc2.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case req.Method == "exit" || req.Method == "$/cancelRequest":
		return nil
	case req.Method == "initialize":
		if s.initialized {
			return failure(jsonrpc2.CodeInvalidRequest, "the session is initialized already")
		}
		return nil
	case !s.initialized:
		return failure(notInitialized, "the session is not initialized")
	case s.shutdown:
		return failure(jsonrpc2.CodeInvalidRequest, "the session is shut down")
	}
	return nil
}

func (s *server) onShutdown(context.Context, json.RawMessage) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shutdown = true
	return nil, nil
}

func (s *server) onExit(context.Context, json.RawMessage) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.exited {
		s.exited = true
		close(s.done)
	}
	return nil, nil
}

func (s *server) cancel(_ context.Context, p struct {
	ID jsonrpc2.ID `json:"id"`
}) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stop := s.running[p.ID]; stop != nil {
		stop()
	}
	return nil, nil
}

// log writes to the editor's log of the server.
func (s *server) log(message string) { s.tell("window/logMessage", message) }

// show puts a message before the person.
func (s *server) show(message string) { s.tell("window/showMessage", message) }

func (s *server) tell(method, message string) {
	const warning = 2
	s.notify(method, map[string]any{"type": warning, "message": message})
}

// notify tells the editor something. An editor that is gone hears nothing.
func (s *server) notify(method string, params any) {
	_ = s.conn.Notify(context.Background(), method, params)
}
