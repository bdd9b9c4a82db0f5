package appserver

import "os"

// A thread that ends a response and finds no request goes to sleep, and is woken a
// moment later. Where all are busy, one is therefore told ahead. Nobody waits
// behind a slow request for that: a thread that is free takes over what another
// has not begun with.

// marks is the pipe out of which whoever may answer a request takes its mark.
type marks struct{ taking, giving *os.File }

func (m *marks) close() {
	m.taking.Close()
	m.giving.Close()
}

// mostAhead is how long a message may be that a thread is told ahead, in bytes: the
// kernel takes it whole.
const mostAhead = 64 << 10

func (t *ticket) fits() bool { return t.message != nil && len(t.message.text) <= mostAhead }

// putAhead gives a thread that is busy its next request; false for one that is
// dead. The lock is held.
func (p *pool) putAhead(c *channel, t *ticket) bool {
	p.busy = without(p.busy, c)
	if c.tellAhead(t) != nil {
		t.message.mark(0)
		return false
	}
	c.ahead = t
	p.full = append(p.full, c)
	return true
}

// takeAhead takes a request back that a thread has not begun with. The lock is
// held.
func (p *pool) takeAhead(c *channel) *ticket {
	t := c.ahead
	if t == nil {
		return nil
	}
	switch c.marks.takeBack() {
	case 0:
		return nil
	case 2: // it has not begun with the one before either
		c.handed.mark(0)
		_, _ = c.conn.Write(c.handed.text) // who reads finds out when it is dead
	}
	p.full = without(p.full, c)
	c.ahead = nil
	t.message.mark(0)
	return t
}

// steal takes a request from a thread that has not begun with it, for one that
// is free. The lock is held.
func (p *pool) steal() *ticket {
	for len(p.full) > 0 {
		c := p.full[0]
		if t := p.takeAhead(c); t != nil {
			p.busy = append(p.busy, c)
			return t
		}
		p.full = p.full[1:] // it has begun
	}
	return nil
}

// tellAhead tells a thread of the request that it answers next.
func (c *channel) tellAhead(t *ticket) error {
	if c.seq++; c.seq == 0 {
		c.seq = 1
	}
	if _, err := c.marks.giving.Write([]byte{c.seq}); err != nil {
		return err
	}
	t.message.mark(c.seq)
	if _, err := c.conn.Write(t.message.text); err != nil {
		c.conn.Close() // the mark has no request
		return err
	}
	return nil
}
