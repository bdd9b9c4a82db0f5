package appserver

import (
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// pool has the threads that wait for a request, and the requests that wait for a
// thread: the first that came is the first that gets one.
type pool struct {
	mu      sync.Mutex
	idle    []*channel // the last was busy last
	queue   []*ticket
	now     map[int]process  // of the workers
	retired map[process]bool // they take no more requests
	closed  bool
	next    *pool // that takes who comes, nil for none
	backlog int   // how many requests of the front may wait
}

// process is one life of a worker; the system gives numbers again.
type process struct {
	pid  int
	born int64 // nanoseconds since 1970
}

// ticket is a place in the queue, with what a thread is told there.
type ticket struct {
	message *message      // nil for one that is told later
	ready   chan *channel // a thread that was told; nil when the pool is closed
}

// errPoolClosed is what happens to who waits while the last worker ends.
var errPoolClosed = os.NewSyscallError("read", syscall.ECONNRESET)

func newPool(backlog int) *pool {
	return &pool{now: map[int]process{}, retired: map[process]bool{}, backlog: backlog}
}

// room returns the error of who connects where no kernel keeps waiting: that of a
// full queue, or of a socket that nobody listens on any more.
func (p *pool) room() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed && p.next == nil:
		return syscall.ECONNREFUSED
	case len(p.queue) > p.backlog:
		return syscall.EAGAIN
	}
	return nil
}

// enter gives a message, nil for none, to a thread: at once, or when its turn
// comes.
func (p *pool) enter(m *message) *ticket {
	t := &ticket{m, make(chan *channel, 1)}
	p.seat(t, false)
	return t
}

// seat finds a thread or a place in the queue for a ticket.
func (p *pool) seat(t *ticket, first bool) {
	for {
		p.mu.Lock()
		n := len(p.idle)
		switch {
		case p.next != nil:
			next := p.next
			p.mu.Unlock()
			next.seat(t, first)
			return
		case p.closed:
			t.ready <- nil
		case n == 0 && first:
			p.queue = slices.Insert(p.queue, 0, t)
		case n == 0:
			p.queue = append(p.queue, t)
		default:
			c := p.idle[n-1]
			p.idle = p.idle[:n-1]
			p.mu.Unlock()
			if t.give(c) {
				return
			}
			continue
		}
		p.mu.Unlock()
		return
	}
}

// give tells a thread the message of a ticket; false for one that has died while
// it waited.
func (t *ticket) give(c *channel) bool {
	if t.message != nil {
		if _, err := c.conn.Write(t.message.text); err != nil {
			c.conn.Close()
			return false
		}
		t.message.release()
		t.message = nil
	}
	t.ready <- c
	return true
}

// await waits for the thread that a ticket gets, until a time, if there is one,
// or until gone is closed.
func (t *ticket) await(by time.Time, gone <-chan struct{}) (*channel, error) {
	select {
	case c := <-t.ready:
		return t.got(c)
	default:
	}
	var late <-chan time.Time
	if !by.IsZero() {
		timer := time.NewTimer(time.Until(by))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case c := <-t.ready:
		return t.got(c)
	case <-late:
		return nil, os.ErrDeadlineExceeded
	case <-gone:
		return nil, net.ErrClosed
	}
}

func (t *ticket) got(c *channel) (*channel, error) {
	if c == nil {
		t.ready <- nil // for who asks once more
		return nil, errPoolClosed
	}
	return c, nil
}

// wait returns a thread that was told a message, nil when the pool is closed.
func (p *pool) wait(m *message) *channel { return <-p.enter(m).ready }

// begin gives a message to a thread that waited for it; where that has died, to
// another one. It returns who got it, nil when the pool is closed.
func (p *pool) begin(c *channel, m *message) *channel {
	t := &ticket{m, make(chan *channel, 1)}
	if !t.give(c) {
		p.seat(t, true)
	}
	return <-t.ready
}

// leave gives a place in the queue up.
func (p *pool) leave(t *ticket) {
	for at := p; at != nil; {
		at.mu.Lock()
		if i := slices.Index(at.queue, t); i >= 0 {
			at.queue = slices.Delete(at.queue, i, i+1)
			at.mu.Unlock()
			return
		}
		next := at.next
		at.mu.Unlock()
		at = next
	}
	if c := <-t.ready; c != nil {
		c.conn.Close() // it was told already, and finds out when it answers
	}
}

// put gives a thread to who waits for one, or lets it wait.
func (p *pool) put(c *channel) {
	p.mu.Lock()
	var t *ticket
	switch {
	case p.closed || p.retired[c.process]:
		c.dismiss()
	case len(p.queue) > 0:
		t = p.queue[0]
		p.queue = slices.Delete(p.queue, 0, 1)
	default:
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if t != nil && !t.give(c) {
		p.seat(t, true)
	}
}

// done gives a thread back after its response.
func (c *channel) done() {
	if c.flags&frameRetire != 0 {
		c.pool.retire(c.process)
	}
	if c.flags&frameReopen != 0 {
		c.conn.Close()
		return
	}
	c.pool.put(c)
}

// finish gives a thread back when its application has ended; one that still sends
// finds that nobody listens.
func (c *channel) finish() {
	var b [1]byte
	if _, ended, err := c.read(b[:]); ended && err == nil {
		c.done()
		return
	}
	c.conn.Close()
}

// add takes a thread that is new, in place of one of a process that has ended.
func (p *pool) add(c *channel) {
	c.pool = p
	p.mu.Lock()
	p.now[c.worker] = c.process
	p.idle = slices.DeleteFunc(p.idle, func(old *channel) bool {
		gone := old.worker == c.worker && old.process != c.process
		if gone {
			old.conn.Close()
		}
		return gone
	})
	p.mu.Unlock()
	p.put(c)
}

// processOf returns the process of a worker; none is one that was never born.
func (p *pool) processOf(worker int) process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now[worker]
}

// retire lets the threads of a process end: now those that wait, the others when
// they come back.
func (p *pool) retire(who process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retired[who] = true
	p.idle = slices.DeleteFunc(p.idle, func(c *channel) bool {
		if c.process == who {
			c.dismiss()
		}
		return c.process == who
	})
}

// handOn has another pool take who waits, and who comes from now on.
func (p *pool) handOn(next *pool) {
	p.mu.Lock()
	queue := p.queue
	p.queue, p.next = nil, next
	p.mu.Unlock()
	for _, t := range queue {
		next.seat(t, false)
	}
}

// close lets all threads end, and who waits for one go away.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, c := range p.idle {
		c.dismiss()
	}
	for _, t := range p.queue {
		t.ready <- nil
	}
	p.idle, p.queue = nil, nil
}
