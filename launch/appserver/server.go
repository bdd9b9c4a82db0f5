package appserver

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
)

//go:embed python
var scripts embed.FS

// Options say how an application server is run.
type Options struct {
	// Python is the interpreter; "" for that of the configuration's virtualenv,
	// or the first python3 in PATH.
	Python string
	// Stub answers every request with its variables, and runs no Python.
	Stub bool
	// Dir is the folder in which the server keeps its own files while it runs; ""
	// for that of temporary files.
	Dir string
	// Log takes what the server and the application write, in whole lines.
	Log io.Writer
	// Mercy is how long requests under way may take when the server stops or
	// reloads; 0 for worker-reload-mercy, or 60 seconds.
	Mercy time.Duration
	// WorkerHeader is a header in which each answer names the worker that made it;
	// "" for none.
	WorkerHeader string
	// OnReload is called when the application asks for a reload, or a file of
	// touch-reload changes; nil to reload with the same configuration.
	OnReload func()
}

// Server runs one uWSGI configuration.
type Server struct {
	options Options

	change    sync.Mutex // of reload and stop, which exclude each other, and of what follows
	listeners map[pair.Endpoint]*listener
	stats     []*statsServer
	stopWatch context.CancelFunc
	started   time.Time

	backend   atomic.Pointer[backend] // nil before the first configuration and after the last
	accepting sync.WaitGroup          // the listeners
	serving   sync.WaitGroup          // the connections that are answered

	mu         sync.Mutex // of what follows, which can be asked in the middle of a change
	config     *uwsgi.Config
	generation *generation
	ended      chan struct{} // closed when the last generation has ended by itself
	failure    error
}

// defaultMercy is uWSGI's worker-reload-mercy.
const defaultMercy = 60 * time.Second

// Start binds the sockets of a configuration and returns when the application
// is loaded and answers. The error says what uWSGI would: an address that is
// taken, a folder that is missing, an application that does not load under
// need-app.
func Start(ctx context.Context, c *uwsgi.Config, options Options) (*Server, error) {
	if options.Log == nil {
		options.Log = io.Discard
	}
	s := &Server{options: options, listeners: map[pair.Endpoint]*listener{}, started: time.Now(), ended: make(chan struct{})}
	if err := s.apply(ctx, c); err != nil {
		s.closeListeners(nil)
		return nil, err
	}
	return s, nil
}

// Reload takes a new configuration without dropping a request: its workers
// answer before the old ones stop. After an error the old ones go on.
func (s *Server) Reload(ctx context.Context, c *uwsgi.Config) error { return s.apply(ctx, c) }

func (s *Server) apply(ctx context.Context, c *uwsgi.Config) error {
	s.change.Lock()
	defer s.change.Unlock()
	requests, stats := binds(c)
	if len(requests) == 0 {
		return fmt.Errorf("%s: nothing listens: write `socket = ...` or `http-socket = ...` (other protocols are not spoken here)", c.Main.Name)
	}
	if err := checkBacklog(c); err != nil {
		return err
	}
	b := newBackend(c)
	fresh := map[pair.Endpoint]*listener{}
	undo := func() {
		for _, l := range fresh {
			l.Close()
		}
	}
	for _, bind := range requests {
		e := bind.Endpoint
		if _, ok := b.protocols[e]; ok {
			continue
		}
		b.protocols[e] = bind.Protocol
		l := s.listeners[e]
		if l == nil {
			var err error
			if l, err = listen(bind); err != nil {
				undo()
				return err
			}
			fresh[e] = l
		}
		if bind.Protocol == pair.UWSGI {
			b.own[callAddr{l.Addr().Network(), l.Addr().String()}] = true
		}
	}
	if err := s.run(ctx, c, b); err != nil {
		undo()
		return err
	}
	for e, l := range fresh {
		s.listeners[e] = l
		s.accepting.Go(func() { l.accept(s.admit) })
	}
	s.closeListeners(b.protocols)
	s.mu.Lock()
	s.config = c
	s.mu.Unlock()
	s.serveStats(stats)
	s.watch(c)
	return nil
}

// run starts the workers of a configuration, and stops those before.
func (s *Server) run(ctx context.Context, c *uwsgi.Config, b *backend) error {
	if s.options.Stub {
		s.backend.Store(b)
		return nil
	}
	interpreter := s.options.Python
	if interpreter == "" {
		var err error
		if interpreter, err = python(c, exec.LookPath); err != nil {
			return err
		}
	}
	settings := newSettings(c)
	settings.WorkerHeader = s.options.WorkerHeader
	next, err := startGeneration(ctx, interpreter, s.options.Dir, settings, number(c, "listen", defaultBacklog), s.options.Log, s.reloadAsked)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Main.Name, err)
	}
	b.pool = next.pool
	s.backend.Store(b)
	s.mu.Lock()
	old := s.generation
	s.generation = next
	s.mu.Unlock()
	if old != nil {
		old.pool.handOn(next.pool)
		old.retire(s.mercy(c))
	}
	go s.follow(next)
	return nil
}

// follow notes when a generation ends that nobody told to.
func (s *Server) follow(g *generation) {
	<-g.done
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == g && !g.retired.Load() {
		s.failure = g.err()
		s.end()
	}
}

// end closes ended, once.
func (s *Server) end() {
	select {
	case <-s.ended:
	default:
		close(s.ended)
	}
}

// Ended is closed when the server has ended; Err tells why when that was by
// itself.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// Err returns why the server ended by itself.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

func (s *Server) reloadAsked() {
	if s.options.OnReload != nil {
		s.options.OnReload()
		return
	}
	s.mu.Lock()
	c := s.config
	s.mu.Unlock()
	if err := s.Reload(context.Background(), c); err != nil {
		fmt.Fprintf(s.options.Log, "reload: %v\n", err)
	}
}

func (s *Server) mercy(c *uwsgi.Config) time.Duration {
	if s.options.Mercy > 0 {
		return s.options.Mercy
	}
	for _, name := range []string{"worker-reload-mercy", "reload-mercy"} {
		if n, ok := c.Int(name); ok && n > 0 {
			return time.Duration(n) * time.Second
		}
	}
	return defaultMercy
}

// Stop ends the server: no new request is taken, those under way may finish
// until ctx is done, and no process, socket or file is left.
func (s *Server) Stop(ctx context.Context) error {
	s.change.Lock()
	defer s.change.Unlock()
	if s.stopWatch != nil {
		s.stopWatch()
	}
	for _, st := range s.stats {
		st.close()
	}
	s.stats = nil
	s.mu.Lock()
	g := s.generation
	s.mu.Unlock()
	var err error
	if g != nil {
		g.retired.Store(true)
		err = g.stop(ctx)
	}
	s.backend.Store(nil)
	s.closeListeners(nil)
	s.accepting.Wait()
	s.serving.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation = nil
	s.end()
	return err
}

// closeListeners closes those that are not kept. A unix socket's file is removed.
func (s *Server) closeListeners(keep map[pair.Endpoint]pair.Protocol) {
	for e, l := range s.listeners {
		if _, ok := keep[e]; !ok {
			l.Close()
			delete(s.listeners, e)
		}
	}
}

// RestartWorker lets a worker finish its request and replaces it; number is
// that of Workers.
func (s *Server) RestartWorker(number int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == nil {
		return errors.New("no Python worker runs")
	}
	now := s.generation.pool.processOf(number)
	if now == (process{}) {
		return fmt.Errorf("worker %d has not started yet", number)
	}
	s.generation.pool.retire(now)
	return nil
}

// PID returns the process of the Python master, 0 under Stub.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.generation == nil {
		return 0
	}
	return s.generation.cmd.Process.Pid
}

// Workers returns what the workers do now; nil under Stub.
func (s *Server) Workers(ctx context.Context) ([]Worker, error) {
	s.mu.Lock()
	g := s.generation
	s.mu.Unlock()
	if g == nil {
		return nil, nil
	}
	return g.workers(ctx)
}
