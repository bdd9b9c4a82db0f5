package appserver

import (
	"net"
	"os"
	"syscall"
	"time"
)

// ticket is a place in the queue, with what a thread is told there.
type ticket struct {
	message *message      // nil for one that is told later
	ready   chan *channel // a thread that was told; nil when the pool is closed
}

// errPoolClosed is what happens to who waits while the last worker ends.
var errPoolClosed = os.NewSyscallError("read", syscall.ECONNRESET)

// give tells a thread the message of a ticket; false for one that has died while
// it waited.
func (t *ticket) give(c *channel) bool {
	if t.message != nil {
		if _, err := c.conn.Write(t.message.text); err != nil {
			c.close()
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
