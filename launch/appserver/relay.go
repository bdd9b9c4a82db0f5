package appserver

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/deployctl/deployctl/pair"
)

// backend answers what the sockets of a configuration take.
type backend struct {
	pool      *pool // nil where the stub answers
	limits    requestLimits
	timeout   time.Duration // socket-timeout
	protocols map[pair.Endpoint]pair.Protocol
	own       map[callAddr]bool // the uwsgi sockets, for Dial
}

// admit waits for a thread that is free, as the next request waits in uWSGI's
// queue until a worker accepts it, and has it answered.
func (s *Server) admit(conn net.Conn, e pair.Endpoint) {
	for {
		b := s.backend.Load()
		if b == nil || b.protocols[e] == "" {
			conn.Close()
			return
		}
		if b.pool == nil {
			s.serving.Go(func() { b.stub(conn, e) })
			return
		}
		c := b.pool.wait(nil)
		if c != nil {
			s.serving.Go(func() { b.relay(conn, e, c) })
			return
		}
		if s.backend.Load() == b {
			conn.Close() // the workers have ended
			return
		}
	}
}

// read reads the request of a connection.
func (b *backend) read(conn net.Conn, r *bufio.Reader, e pair.Endpoint) (*incoming, error) {
	in := newRequest()
	if b.protocols[e] == pair.HTTP {
		return in, in.readHTTP(r, conn, b.limits)
	}
	return in, in.readPacket(r, b.limits)
}

// timedReader lets each read take as long as a time allows.
type timedReader struct {
	conn net.Conn
	each time.Duration
}

func (r timedReader) Read(p []byte) (int, error) {
	_ = r.conn.SetReadDeadline(time.Now().Add(r.each))
	return r.conn.Read(p)
}

// pieces keeps buffers for responses.
var pieces = sync.Pool{New: func() any { return new([16 << 10]byte) }}

// relay has a thread answer the one request of a connection.
func (b *backend) relay(conn net.Conn, e pair.Endpoint, c *channel) {
	defer conn.Close()
	r := bufio.NewReader(timedReader{conn, b.timeout})
	in, err := b.read(conn, r, e)
	if err != nil {
		in.release()
		c.pool.put(c)
		return
	}
	m, left := in.message(), in.body()
	in.release()
	if n := min(left, int64(r.Buffered())); n > 0 {
		here, _ := r.Peek(int(n))
		m.text = append(m.text, here...)
		left -= n
	}
	if c = b.pool.begin(c, m); c == nil {
		return
	}
	stop := follow(conn, c, left)
	defer stop()
	buffer := pieces.Get().(*[16 << 10]byte)
	defer pieces.Put(buffer)
	for {
		n, ended, err := c.read(buffer[:])
		if ended {
			stop()
			c.done()
		}
		if n > 0 {
			_ = conn.SetWriteDeadline(time.Now().Add(b.timeout))
			if _, failed := conn.Write(buffer[:n]); failed != nil && !ended {
				c.close() // the thread finds out when it writes
				return
			}
		}
		if ended {
			return
		}
		if err != nil {
			c.close()
			return
		}
	}
}

// patience is how long a response may take before it is looked whether the
// client is still there.
const patience = 100 * time.Millisecond

// follow passes the rest of a body on, and looks whether the client leaves,
// until stop is called.
func follow(conn net.Conn, c *channel, left int64) (stop func()) {
	if left == 0 {
		runtime.Gosched() // often the answer is there afterwards
		_ = c.conn.SetReadDeadline(time.Now().Add(patience))
		_, err := c.reader.Peek(1)
		_ = c.conn.SetReadDeadline(time.Time{})
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return func() {}
		}
	}
	_ = conn.SetReadDeadline(time.Time{})
	var wait sync.WaitGroup
	wait.Go(func() {
		if n, _ := io.CopyN(c.conn, conn, left); n < left {
			halfClose(c.conn)
		}
		if _, err := io.Copy(io.Discard, conn); gone(conn, err) {
			c.conn.Close() // the thread finds out when it writes
		}
	})
	return sync.OnceFunc(func() {
		_ = conn.SetReadDeadline(time.Unix(1, 0))
		wait.Wait()
	})
}

// halfClose tells the other side that nothing more comes.
func halfClose(conn net.Conn) {
	if c, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = c.CloseWrite()
	}
}
