package front

import (
	"io"
	"net"
	"time"
)

// tunnel copies both ways between a request's client and an upstream, until one
// of them ends or both are silent for too long
// (ngx_http_upstream_process_upgraded).
func (c *connection) tunnel(r *request, u *upgraded) {
	_ = c.conn.SetDeadline(time.Time{})
	_ = u.conn.SetDeadline(time.Time{})
	silence := time.AfterFunc(u.idle, func() {
		u.conn.Close()
		c.conn.Close()
	})
	defer silence.Stop()
	count := func(toClient int64) {
		r.allSent += toClient
		r.bodySent += toClient
	}
	n, err := c.conn.Write(u.buffered)
	count(int64(n))
	if err != nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		u.sent, _ = io.Copy(u.conn, &heard{c.reader, silence, u.idle})
		halfClose(u.conn)
	}()
	u.received, _ = io.Copy(c.conn, &heard{u.conn, silence, u.idle})
	count(u.received)
	halfClose(c.conn)
	select {
	case <-done:
	case <-time.After(time.Second):
	case <-c.front.closing:
	}
	c.conn.Close()
	u.conn.Close()
	<-done
}

// heard puts a timer off whenever something is read.
type heard struct {
	io.Reader
	timer *time.Timer
	after time.Duration
}

// Read implements io.Reader.
func (h *heard) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if n > 0 && h.timer.Stop() {
		h.timer.Reset(h.after)
	}
	return n, err
}

func halfClose(conn net.Conn) {
	if w, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = w.CloseWrite()
	}
}
