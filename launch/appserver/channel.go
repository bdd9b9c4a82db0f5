package appserver

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"slices"
)

// channel is the connection to one thread of a worker; what is said there stands
// in python/deployctl_appserver/channel.py.
type channel struct {
	conn    net.Conn
	reader  *bufio.Reader
	pool    *pool
	marks   *marks
	worker  int
	process process

	// Of the pool:
	ahead  *ticket  // the next request, of which the thread was told while it is busy
	handed *message // the request under way, where it was told ahead
	seq    byte     // the last mark

	left  int // bytes of the frame under way
	flags byte
}

// Flags of a frame.
const (
	frameEnd    = 1 << iota // of the response
	frameReopen             // nothing else can follow here
	frameRetire             // the worker takes no more requests
)

const frameHead = 5

func newChannel(conn net.Conn, m *marks, worker int, p process) *channel {
	return &channel{conn: conn, marks: m, reader: bufio.NewReaderSize(conn, 4<<10), worker: worker, process: p}
}

// close ends the connection: the thread finds out when it reads or writes.
func (c *channel) close() {
	c.conn.Close()
	c.marks.close()
}

// dismiss tells the thread to end.
func (c *channel) dismiss() {
	_, _ = c.conn.Write([]byte{0, 0, 0, 0})
	c.close()
}

// read reads a part of the response; ended tells that it is complete, and can
// come with bytes.
func (c *channel) read(p []byte) (n int, ended bool, err error) {
	for c.left == 0 {
		head, err := c.reader.Peek(frameHead)
		if err != nil {
			if len(head) > 0 && err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, false, err
		}
		c.flags, c.left = head[0], int(binary.BigEndian.Uint32(head[1:]))
		_, _ = c.reader.Discard(frameHead)
		if c.left == 0 && c.flags&frameEnd != 0 {
			return 0, true, nil
		}
	}
	n, err = c.reader.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, c.left == 0 && c.flags&frameEnd != 0, err
}

// done gives a thread back after its response: to the request that it was told
// ahead, or to the pool.
func (c *channel) done() {
	p := c.pool
	if c.flags&frameRetire != 0 {
		p.retire(c.process)
	}
	p.mu.Lock()
	p.busy = without(p.busy, c)
	c.handed.release()
	c.handed = nil
	leaving := p.retired[c.process]
	var back *ticket
	if leaving {
		back = p.takeAhead(c)
	}
	t := c.ahead
	if t != nil {
		c.ahead, c.handed, t.message = nil, t.message, nil
		p.full = without(p.full, c)
		if c.handed.plain && !leaving {
			p.busy = append(p.busy, c)
			if len(p.queue) > 0 && p.queue[0].fits() && p.putAhead(c, p.queue[0]) {
				p.queue = slices.Delete(p.queue, 0, 1)
			}
		}
	}
	p.mu.Unlock()
	switch {
	case t != nil:
		t.ready <- c
	case c.flags&frameReopen != 0:
		c.close()
	default:
		p.put(c)
	}
	if back != nil {
		p.seat(back, true)
	}
}

// abandon gives a request up whose response nobody wants. What the thread was
// told ahead goes to another one; where it has begun with that, it has ended its
// response, which is only still to be read. Who reads already is left to do so,
// and told by the result.
func (c *channel) abandon(reading bool) (left bool) {
	p := c.pool
	p.mu.Lock()
	p.busy = without(p.busy, c)
	t := p.takeAhead(c)
	begun := t == nil && c.ahead != nil
	p.mu.Unlock()
	switch {
	case begun && reading:
		return true
	case begun:
		go c.drain()
		return true
	}
	c.close()
	if t != nil {
		p.seat(t, true)
	}
	return false
}

// finish gives a thread back when its application has ended; one that still sends
// finds that nobody listens.
func (c *channel) finish() {
	var b [1]byte
	switch _, ended, err := c.read(b[:]); {
	case ended:
		c.done()
	case err != nil:
		c.lost()
	default:
		c.abandon(false)
	}
}

// drain reads to the end of a response.
func (c *channel) drain() {
	piece := pieces.Get().(*[16 << 10]byte)
	defer pieces.Put(piece)
	for {
		_, ended, err := c.read(piece[:])
		if ended {
			c.done()
			return
		}
		if err != nil {
			c.lost()
			return
		}
	}
}

// lost notes that a thread has died.
func (c *channel) lost() {
	p := c.pool
	p.mu.Lock()
	p.busy, p.full = without(p.busy, c), without(p.full, c)
	t := p.takeAhead(c)
	failed := c.ahead
	c.ahead = nil
	p.mu.Unlock()
	c.close()
	switch {
	case t != nil:
		p.seat(t, true)
	case failed != nil:
		failed.ready <- nil
	}
}
