package front

import (
	"net/http"
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
// refusal, and what has come of it is thrown away. It is false when that is no
// body (ngx_http_discard_request_body).
func (r *request) beforeAnswer(p *response) bool {
	b := r.unread()
	if b == nil || b.passed > 0 || p.upgrade != nil {
		return true
	}
	b.ask = b.ask && !p.special && !p.plain && !p.upstream
	if b.skim() {
		return true
	}
	r.closing = true
	return p.upstream || p.status >= http.StatusBadRequest
}

// discardBody reads what is left of a body once the answer is sent; false when
// it does not come (ngx_http_discarded_request_body_handler).
func (r *request) discardBody() bool {
	b := r.unread()
	if b == nil {
		return true
	}
	c := r.conn
	c.idle.Store(true) // a stop need not wait for it
	defer c.idle.Store(false)
	waste := make([]byte, 16<<10)
	for end := time.Now().Add(r.loc.linger.most); !b.done && !c.front.stopping(); {
		if _, err := b.within(waste, min(r.loc.linger.timeout, time.Until(end))); err != nil {
			break
		}
	}
	return b.done
}

// linger reads what the client still sends: closing at once would reset the
// connection before it has read the answer (ngx_http_set_lingering_close).
func (c *connection) linger(r *request, whole bool) {
	linger := r.loc.linger
	more := !whole || r.lingers || c.reader != nil && c.reader.Buffered() > 0
	if linger.mode == "off" || linger.mode == "on" && !more {
		return
	}
	halfClose(c.conn)
	c.idle.Store(true)
	end := time.Now().Add(linger.most)
	buf := make([]byte, 4<<10)
	for time.Now().Before(end) && !c.front.stopping() {
		_ = c.conn.SetReadDeadline(time.Now().Add(linger.timeout))
		if _, err := c.conn.Read(buf); err != nil {
			return
		}
	}
}
