package front

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// Options say how a front runs.
type Options struct {
	// Prefix is the folder that relative paths of the configuration lead from.
	Prefix string
	// AccessLog and ErrorLog take whole lines; nil drops them.
	AccessLog, ErrorLog io.Writer
	// Observe is told of every request once it is answered; it must not block.
	Observe func(Access)
	// Detail makes that report hold the headers too.
	Detail bool
	// Home makes names and addresses that variables of a pass directive hold mean
	// this machine, so that a request cannot lead to another one.
	Home bool
	// Dial connects to an application of this process without a socket; it
	// returns nil for an address where there is none. It may be nil.
	Dial func(network, address string) (net.Conn, error)
}

// Front serves one nginx configuration.
type Front struct {
	options  Options
	current  atomic.Pointer[config]
	counters counters
	date     atomic.Pointer[stamp]
	numbers  atomic.Int64 // of connections

	mu        sync.Mutex
	listeners map[string]*listener
	conns     map[*connection]bool
	closing   chan struct{}
	wait      sync.WaitGroup
}

// counters are those of stub_status.
type counters struct {
	accepted, requests, active, reading, writing atomic.Int64
}

func (c *counters) waiting() int64 {
	return max(0, c.active.Load()-c.reading.Load()-c.writing.Load())
}

// New makes a configuration ready. The error says what nginx would refuse, or
// what cannot be executed here.
func New(s *site.Config, options Options) (*Front, error) {
	f := &Front{options: options, listeners: map[string]*listener{}, conns: map[*connection]bool{}, closing: make(chan struct{})}
	c, err := newConfig(f, s)
	if err != nil {
		return nil, err
	}
	f.current.Store(c)
	return f, nil
}

// Unexecuted returns what of the configuration is not executed here, in reading
// order.
func (f *Front) Unexecuted() []Unexecuted { return f.current.Load().unexecuted() }

// Start listens on every address of the configuration, and serves until Stop.
func (f *Front) Start() error { return f.listen(f.current.Load()) }

// Reload takes a new configuration; connections are kept, and requests under
// way end with the old one. After an error the old one goes on.
func (f *Front) Reload(s *site.Config) error {
	c, err := newConfig(f, s)
	if err != nil {
		return err
	}
	if err := f.listen(c); err != nil {
		return err
	}
	old := f.current.Swap(c)
	for _, u := range old.upstreams {
		u.closeIdle()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	wanted := c.bound()
	for a, l := range f.listeners {
		if !wanted[a] {
			l.Close()
			delete(f.listeners, a)
		}
	}
	return nil
}

// Addresses returns where the front listens, as in the configuration.
func (f *Front) Addresses() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for a := range f.listeners {
		all = append(all, a)
	}
	return all
}

// Stop takes no new request, lets those under way finish until ctx is done, and
// closes every connection and listener.
func (f *Front) Stop(ctx context.Context) error {
	f.mu.Lock()
	for a, l := range f.listeners {
		l.Close()
		delete(f.listeners, a)
	}
	select {
	case <-f.closing:
	default:
		close(f.closing)
	}
	for c := range f.conns {
		c.closeIfIdle()
	}
	f.mu.Unlock()
	done := make(chan struct{})
	go func() {
		f.wait.Wait()
		close(done)
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = fmt.Errorf("requests under way were cut off: %w", ctx.Err())
		f.mu.Lock()
		for c := range f.conns {
			c.raw.Close()
		}
		f.mu.Unlock()
		<-done
	}
	for _, u := range f.current.Load().upstreams {
		u.closeIdle()
	}
	return err
}

// stopping tells whether Stop was called.
func (f *Front) stopping() bool {
	select {
	case <-f.closing:
		return true
	default:
		return false
	}
}

// sleep waits, unless the front is stopped.
func (f *Front) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-f.closing:
	}
}

// zone returns the zone of the configuration in force, so that its state
// outlives a reload.
func (f *Front) zone(id string) *zone {
	if c := f.current.Load(); c != nil {
		return c.zones[id]
	}
	return nil
}

// stamp is the date, made once a second.
type stamp struct {
	second int64
	text   string
}

func (f *Front) now() string {
	now := time.Now()
	if s := f.date.Load(); s != nil && s.second == now.Unix() {
		return s.text
	}
	s := &stamp{now.Unix(), now.UTC().Format(httpTime)}
	f.date.Store(s)
	return s.text
}

// accept serves the connections of a listener.
func (f *Front) accept(l *listener) {
	defer f.wait.Done()
	for {
		conn, err := l.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			f.logError(fmt.Sprintf("accept() failed: %v", err))
			time.Sleep(10 * time.Millisecond)
			continue
		}
		f.counters.accepted.Add(1)
		f.wait.Go(func() { f.serve(conn, l) })
	}
}
