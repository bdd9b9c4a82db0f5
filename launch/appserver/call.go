package appserver

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/deployctl/deployctl/uwsgi/wire"
)

// Dial returns a connection to one of the server's own uwsgi sockets that needs
// no socket: what is written goes to a worker. It returns nil for the address of
// somebody else. The errors are those that the socket would give: of
// a queue that is full, and where no worker is left.
func (s *Server) Dial(network, address string) (net.Conn, error) {
	b := s.backend.Load()
	if b == nil || b.pool == nil || !b.own[callAddr{network, address}] {
		return nil, nil
	}
	c := &call{backend: b, address: callAddr{network, address}, gone: make(chan struct{})}
	if err := b.pool.room(); err != nil {
		return nil, c.fault("dial", os.NewSyscallError("connect", err))
	}
	return c, nil
}

// callAddr is where a call is made to.
type callAddr struct{ network, address string }

func (a callAddr) Network() string { return a.network }
func (a callAddr) String() string  { return a.address }

// call is a request of this process, as a connection. One goroutine at a time
// reads or writes, until the response has begun.
type call struct {
	backend *backend
	address callAddr
	gone    chan struct{} // closed with the call

	// Of who writes:
	packet []byte // until it is whole
	asked  bool   // it was
	left   int64  // bytes of the body

	mu              sync.Mutex
	ticket          *ticket // the place in the queue, from the whole packet on
	waiting         bool    // somebody looks at it
	held            []byte  // of the body, while there is no thread
	thread          *channel
	reading         bool
	begun           bool // a part of the response was read
	toRead          bool // who reads is to give the thread back, though the call is closed
	ended, closed   bool
	readBy, writeBy time.Time
}

// mostHeld is how much can be written before there is a thread: what the kernel
// keeps for a socket that nobody reads from (net.core.wmem_default).
const mostHeld = 212992

func (c *call) Write(p []byte) (int, error) {
	body := p
	if !c.asked {
		var err error
		if body, err = c.ask(p); err != nil {
			return 0, c.fault("write", err)
		}
	}
	body = body[:min(int64(len(body)), c.left)]
	c.left -= int64(len(body))
	if len(body) == 0 {
		return len(p), nil
	}
	return len(p), c.send(body)
}

// ask takes a part of the packet; when that is whole, a thread is told. It returns
// what lies behind the packet.
func (c *call) ask(p []byte) (body []byte, err error) {
	packet := p
	if len(c.packet) > 0 {
		c.packet = append(c.packet, p...)
		packet = c.packet
	}
	var h wire.Header
	if len(packet) >= wire.HeaderSize {
		h = wire.ParseHeader([wire.HeaderSize]byte(packet))
	}
	whole := wire.HeaderSize + h.Size
	if len(packet) < wire.HeaderSize || len(packet) < whole && h.Size <= c.backend.limits.bufferSize {
		if len(c.packet) == 0 {
			c.packet = slices.Clone(p)
		}
		return nil, nil
	}
	in := newRequest()
	in.parsePacket(h, packet[wire.HeaderSize:min(len(packet), whole)], c.backend.limits)
	m := in.message()
	c.asked, c.packet, c.left = true, nil, in.body()
	in.release()
	t := c.backend.pool.enter(m)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		c.backend.pool.leave(t)
		return nil, net.ErrClosed
	}
	c.ticket = t
	return packet[min(len(packet), whole):], nil
}

// send passes a part of the body on to the thread, or keeps it until there is
// one.
func (c *call) send(data []byte) error {
	c.mu.Lock()
	t, by, state := c.thread, c.writeBy, c.state()
	keep := state == nil && t == nil && len(c.held)+len(data) <= mostHeld
	if keep {
		c.held = append(c.held, data...)
	}
	c.mu.Unlock()
	switch {
	case state == io.EOF:
		return c.fault("write", os.NewSyscallError("write", syscall.EPIPE))
	case state != nil:
		return c.fault("write", state)
	case keep:
		return nil
	case t == nil:
		var err error
		if t, err = c.obtain(by); err != nil {
			return c.fault("write", err)
		}
	}
	return c.pass(t, data, by)
}

// pass sends a part of the body.
func (c *call) pass(t *channel, data []byte, by time.Time) error {
	_ = t.conn.SetWriteDeadline(by)
	defer t.conn.SetWriteDeadline(time.Time{})
	_, err := t.conn.Write(data)
	return err
}

// state is the error for who reads from a call that is over.
func (c *call) state() error {
	switch {
	case c.closed:
		return net.ErrClosed
	case c.ended:
		return io.EOF
	}
	return nil
}

// obtain waits for the thread that answers, until a time.
func (c *call) obtain(by time.Time) (*channel, error) {
	c.mu.Lock()
	if c.thread != nil || c.state() != nil {
		defer c.mu.Unlock()
		return c.thread, c.state()
	}
	t := c.ticket
	c.waiting = true
	c.mu.Unlock()
	if t == nil {
		return nil, c.waitInVain(by)
	}
	got, err := t.await(by, c.gone)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = false
	switch {
	case c.closed && got != nil:
		got.abandon(false)
		return nil, net.ErrClosed
	case c.closed:
		c.backend.pool.leave(t)
		return nil, net.ErrClosed
	case got == nil:
		return nil, err
	}
	c.thread = got
	_ = got.conn.SetReadDeadline(c.readBy)
	if len(c.held) > 0 {
		_ = c.pass(got, c.held, c.writeBy) // an application may answer before it has read all
		c.held = nil
	}
	return got, nil
}

// waitInVain is what comes of half a packet: a worker waits socket-timeout for
// the rest, and goes away.
func (c *call) waitInVain(by time.Time) error {
	end := time.Now().Add(c.backend.timeout)
	var err error = io.EOF
	if !by.IsZero() && by.Before(end) {
		end, err = by, os.ErrDeadlineExceeded
	}
	select {
	case <-time.After(time.Until(end)):
		return err
	case <-c.gone:
		return net.ErrClosed
	}
}

func (c *call) Read(p []byte) (int, error) {
	c.mu.Lock()
	by := c.readBy
	c.mu.Unlock()
	t, err := c.obtain(by)
	if err != nil {
		return 0, c.fault("read", err)
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return 0, c.fault("read", net.ErrClosed)
	}
	c.reading = true
	c.mu.Unlock()
	n, ended, err := t.read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading, c.begun = false, c.begun || n > 0
	switch {
	case ended && (!c.closed || c.toRead):
		c.ended, c.thread = true, nil
		_ = t.conn.SetDeadline(time.Time{})
		t.done()
	case c.toRead:
		_ = t.conn.SetDeadline(time.Time{})
		go t.drain()
	}
	if n > 0 {
		return n, nil
	}
	if ended {
		err = io.EOF
	}
	return 0, err
}

// Close gives the request up. A thread that has begun to answer may end without
// anybody listening: who knows a response's length does not read to its end.
func (c *call) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	c.closed = true
	close(c.gone)
	t := c.thread
	c.thread = nil // deadlines that come late are not for the next request
	switch {
	case t != nil && c.begun && !c.reading:
		_ = t.conn.SetDeadline(time.Time{})
		go t.finish()
	case t != nil:
		c.toRead = t.abandon(c.reading)
	case c.ticket != nil && !c.waiting && !c.ended:
		c.backend.pool.leave(c.ticket)
	}
	return nil
}

// fault makes an error that of a connection.
func (c *call) fault(op string, err error) error {
	if err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: c.address.network, Addr: c.address, Err: err}
}

func (c *call) LocalAddr() net.Addr  { return callAddr{network: c.address.network} }
func (c *call) RemoteAddr() net.Addr { return c.address }

func (c *call) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

func (c *call) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readBy = t
	if c.thread != nil {
		return c.thread.conn.SetReadDeadline(t)
	}
	return nil
}

// SetWriteDeadline is for the writes that begin later.
func (c *call) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writeBy = t
	return nil
}
