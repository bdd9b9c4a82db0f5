package front

import (
	"errors"
	"io"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// lingering are the lingering_ directives: how long nginx goes on reading what
// a client sends, when it has answered already.
type lingering struct {
	mode          string // on, off or always
	most, timeout time.Duration
}

func (c *config) lingering(s *site.Scope) lingering {
	return lingering{
		mode: c.word(s, "lingering_close", "on"), most: c.duration(s, "lingering_time", 30*time.Second),
		timeout: c.duration(s, "lingering_timeout", 5*time.Second),
	}
}

// beforeAnswer does what nginx does with a body that nobody wants before it
// answers: a client that waits is told to send it, unless the answer is a
// refusal. It is false when the first bytes of the body are no body.
func (r *request) beforeAnswer(p *response) bool {
	b, ok := r.body.(*clientBody)
	if !ok || b.done || b.read > 0 || p.upgrade != nil {
		return true
	}
	if chunks, ok := b.source.(*chunkReader); ok && chunks.raw == 0 && chunks.broken() {
		return false
	}
	if p.special || p.plain || p.upstream {
		b.ask = false
		return true
	}
	b.goOn()
	return true
}

// discardBody reads what is left of a body once the answer is sent; false when
// it does not come (ngx_http_discarded_request_body_handler).
func (r *request) discardBody() bool {
	b, ok := r.body.(*clientBody)
	if !ok || b.done {
		return true
	}
	end := time.Now().Add(r.loc.linger.most)
	buf := make([]byte, 4<<10)
	for !b.done {
		if time.Now().After(end) {
			return false
		}
		_ = b.conn.SetReadDeadline(time.Now().Add(r.loc.linger.timeout))
		n, err := b.source.Read(buf)
		b.read += int64(n)
		b.done = errors.Is(err, io.EOF) || r.length > 0 && b.read >= r.length
		if err != nil && !b.done {
			return false
		}
	}
	return true
}

// linger reads what the client still sends: closing at once would reset the
// connection before it has read the answer (ngx_http_set_lingering_close).
func (c *connection) linger(r *request, whole bool) {
	linger := r.loc.linger
	more := !whole || c.reader != nil && c.reader.Buffered() > 0
	if linger.mode == "off" || linger.mode == "on" && !more {
		return
	}
	halfClose(c.conn)
	end := time.Now().Add(linger.most)
	buf := make([]byte, 4<<10)
	for time.Now().Before(end) && !c.front.stopping() {
		_ = c.conn.SetReadDeadline(time.Now().Add(linger.timeout))
		if _, err := c.conn.Read(buf); err != nil {
			return
		}
	}
}
