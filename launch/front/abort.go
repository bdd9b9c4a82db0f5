package front

import (
	"context"
	"time"
)

// statusClientLeft is nginx's own code for a client that did not wait for the
// answer.
const statusClientLeft = 499

// abortAfter is how long an upstream may take before it is looked whether the
// client still waits: most answers are faster.
const abortAfter = 100 * time.Millisecond

// abortWatch looks whether a client leaves while an upstream is asked
// (ngx_http_upstream_check_broken_connection). It reads nothing away.
type abortWatch struct {
	conn  *connection
	timer *time.Timer
	done  chan struct{} // closed when it looks no more, where it has begun to
	left  bool          // to be read after end
	stop  func() bool   // of HTTP/2
}

// watch calls gone when the client leaves before end is called.
func (r *request) watch(gone func()) *abortWatch {
	w := &abortWatch{conn: r.conn}
	if r.context != nil {
		w.done = make(chan struct{})
		w.stop = context.AfterFunc(r.context, func() {
			defer close(w.done)
			w.left = true
			gone()
		})
		return w
	}
	w.done = make(chan struct{})
	w.timer = time.AfterFunc(abortAfter, func() {
		defer close(w.done)
		_ = w.conn.conn.SetReadDeadline(time.Time{})
		if _, err := w.conn.reader.Peek(1); err != nil && !isTimeout(err) {
			w.left = true
			gone()
		}
	})
	return w
}

// past is a deadline that is over.
var past = time.Unix(1, 0)

// end ends the watch, and tells whether the client has left.
func (w *abortWatch) end() bool {
	if w == nil {
		return false
	}
	if w.stop != nil {
		if !w.stop() {
			<-w.done
		}
		return w.left
	}
	if w.timer.Stop() {
		return false
	}
	for {
		_ = w.conn.conn.SetReadDeadline(past) // again, should the watch have begun meanwhile
		select {
		case <-w.done:
			return w.left
		case <-time.After(time.Millisecond):
		}
	}
}
