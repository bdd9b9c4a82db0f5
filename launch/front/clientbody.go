package front

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// clientBody reads a request's body: every read may take as long as
// client_body_timeout, and a client that waits for it is told to go on.
type clientBody struct {
	conn    *connection
	source  io.Reader
	request *request
	ahead   []byte // read before it was asked for
	ask     bool   // the client waits to be told to go on
	done    bool
	passed  int64 // bytes that were handed out
	fault   error // what went wrong at the client's end
}

// bodyOf gives a request its body.
func (c *connection) bodyOf(r *request) {
	expect, _ := r.header("expect")
	b := &clientBody{conn: c, request: r, ask: r.version() > 10 && strings.EqualFold(expect, "100-continue")}
	switch {
	case r.length == 0 && !b.ask:
		r.body = http.NoBody
		return
	case r.length == 0:
		b.source = http.NoBody
	case r.length < 0:
		b.source = &chunkReader{r: c.reader}
	default:
		b.source = &exactly{c.reader, r.length}
	}
	r.body = b
}

// goOn tells the client to send the body (ngx_http_test_expect).
func (b *clientBody) goOn() {
	if b.ask {
		b.ask = false
		n, _ := io.WriteString(b.conn.conn, "HTTP/1.1 100 Continue\r\n\r\n")
		b.request.allSent += int64(n) // nginx counts them as the answer's
		b.request.bodySent += int64(n)
	}
}

func (b *clientBody) Read(p []byte) (int, error) {
	b.goOn()
	if len(b.ahead) > 0 {
		n := copy(p, b.ahead)
		b.ahead = b.ahead[n:]
		b.passed += int64(n)
		return n, nil
	}
	n, err := b.within(p, b.request.loc.bodyTimeout)
	b.passed += int64(n)
	if most := int64(b.request.loc.maxBody); most > 0 && b.passed > most {
		err = errBodyTooLarge
	}
	if err != nil && !b.done {
		b.fault = err
	}
	return n, err
}

// prefetch reads what has come of a body in chunks that is passed on as it
// comes: the length of one that has come as a whole is known.
func (r *request) prefetch() (status int) {
	b := r.unread()
	if b == nil || r.length >= 0 {
		return 0
	}
	b.goOn()
	err := b.dry(func(piece []byte) { b.ahead = append(b.ahead, piece...) })
	switch {
	case err != nil:
		return r.bodyFault(err)
	case r.loc.maxBody > 0 && len(b.ahead) > r.loc.maxBody:
		return http.StatusRequestEntityTooLarge
	case b.done:
		r.bodyRead = &spooled{memory: b.ahead, size: int64(len(b.ahead))}
		b.ahead = nil
	}
	return 0
}

func (b *clientBody) within(p []byte, timeout time.Duration) (int, error) {
	_ = b.conn.conn.SetReadDeadline(time.Now().Add(timeout))
	n, err := b.source.Read(p)
	b.done = b.done || errors.Is(err, io.EOF)
	return n, err
}

// unread returns the body that nobody has read to its end, nil for none.
func (r *request) unread() *clientBody {
	b, ok := r.body.(*clientBody)
	if !ok || b.done {
		return nil
	}
	return b
}

// count is how many bytes of the body have been read, as they were sent.
func (b *clientBody) count() int64 {
	switch s := b.source.(type) {
	case *chunkReader:
		return s.taken
	case *exactly:
		return b.request.length - s.left
	}
	return 0
}

// skim reads what has come already of a body that nobody wants; false when it
// breaks the rules.
func (b *clientBody) skim() bool {
	b.goOn()
	return b.dry(func([]byte) {}) == nil
}

// dry reads what has come already, without waiting for more.
func (b *clientBody) dry(take func([]byte)) error {
	if chunks, ok := b.source.(*chunkReader); ok {
		chunks.dry = true
		defer func() { chunks.dry = false }()
	}
	var piece [4 << 10]byte
	for {
		if n, ok := b.source.(*exactly); ok && n.left > 0 && n.r.Buffered() == 0 {
			return nil
		}
		n, err := b.source.Read(piece[:])
		take(piece[:n])
		switch {
		case errors.Is(err, io.EOF):
			b.done = true
			return nil
		case errors.Is(err, errDry):
			return nil
		case err != nil:
			return err
		}
	}
}
