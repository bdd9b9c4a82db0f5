package appserver

import (
	"slices"
	"sync"
	"syscall"
)

// pool has the threads that wait for a request, and the requests that wait for a
// thread: the first that came is the first that gets one.
type pool struct {
	mu      sync.Mutex
	idle    []*channel // the last was busy last
	busy    []*channel // without a body, and without a request ahead; the first is busy longest
	full    []*channel // with a request ahead that may be taken back
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

func newPool(backlog int) *pool {
	return &pool{now: map[int]process{}, retired: map[process]bool{}, backlog: backlog}
}

// room returns the error of who connects where no kernel keeps waiting: that of a
// full queue, or of a socket that nobody listens on any more. Requests that a
// thread was told ahead are in no queue.
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
		case n > 0:
			c := p.idle[n-1]
			p.idle = p.idle[:n-1]
			if !p.occupy(c, t) {
				p.mu.Unlock()
				continue
			}
		case first:
			p.queue = slices.Insert(p.queue, 0, t)
		case len(p.queue) == 0 && t.fits() && len(p.busy) > 0:
			if !p.putAhead(p.busy[0], t) {
				p.mu.Unlock()
				continue
			}
		default:
			p.queue = append(p.queue, t)
		}
		p.mu.Unlock()
		return
	}
}

// occupy gives a ticket to a thread that is free; false for one that is dead. The
// lock is held, so that nothing can be told ahead before.
func (p *pool) occupy(c *channel, t *ticket) bool {
	plain := t.message != nil && t.message.plain
	if !t.give(c) {
		return false
	}
	if plain {
		p.busy = append(p.busy, c)
	}
	return true
}

// without takes a thread out of a list.
func without(all []*channel, c *channel) []*channel {
	if i := slices.Index(all, c); i >= 0 {
		return slices.Delete(all, i, i+1)
	}
	return all
}

// wait returns a thread that was told a message, nil when the pool is closed.
func (p *pool) wait(m *message) *channel { return <-p.enter(m).ready }

// begin gives a message to a thread that waited for it; where that has died, to
// another one. It returns who got it, nil when the pool is closed.
func (p *pool) begin(c *channel, m *message) *channel {
	m.plain = false // who relays wants to close the connection at any time
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
		if i := slices.IndexFunc(at.full, func(c *channel) bool { return c.ahead == t }); i >= 0 {
			if c := at.full[i]; at.takeAhead(c) != nil {
				at.busy = append(at.busy, c)
				at.mu.Unlock()
				return
			}
		}
		next := at.next
		at.mu.Unlock()
		at = next
	}
	go func() { // a thread was told already, and finds out when it answers
		if c := <-t.ready; c != nil {
			c.abandon(false)
		}
	}()
}

// put gives a thread to who waits for one, or lets it wait.
func (p *pool) put(c *channel) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = without(p.busy, c)
	if p.closed || p.retired[c.process] {
		c.dismiss()
		return
	}
	var t *ticket
	if len(p.queue) > 0 {
		t = p.queue[0]
		p.queue = slices.Delete(p.queue, 0, 1)
	} else if t = p.steal(); t == nil {
		p.idle = append(p.idle, c)
		return
	}
	if !p.occupy(c, t) {
		p.queue = slices.Insert(p.queue, 0, t)
	}
}

// add takes a thread that is new, in place of one of a process that has ended.
func (p *pool) add(c *channel) {
	c.pool = p
	p.mu.Lock()
	p.now[c.worker] = c.process
	p.idle = slices.DeleteFunc(p.idle, func(old *channel) bool {
		gone := old.worker == c.worker && old.process != c.process
		if gone {
			old.close()
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
