package front

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// headReader reads the head of a request byte by byte (ngx_http_parse.c and
// ngx_http_request.c): what is wrong is refused at the byte that shows it. It
// holds one line, and counts the buffers that nginx would fill.
type headReader struct {
	request *request
	line    string // from the start of the line that is read, with what has come behind it
	at      int    // how much of it is read
	state   int
	marks   lineMarks
	major   int // the version of HTTP, as far as it is read
	minor   int
	field   fieldMarks
	fields  bool // the request line is done

	used, room int // bytes of the current buffer that are filled, and its size
	busy       int // large buffers that are in use
	taken      int // bytes that are read
	count      int // of headers
}

// statusHeaderTooLarge is nginx's own code for a header, or all of them, above
// the buffers: the client sees 400.
const statusHeaderTooLarge = 494

// readRequest reads the head of a request. The status is that of a head that is
// refused; the request is nil when the client leaves before it has begun, and
// lost when that is in the middle.
func (c *connection) readRequest() (*request, int) {
	conf := c.refresh()
	r := &request{front: c.front, conf: conf, conn: c, started: time.Now(), major: 1, body: http.NoBody}
	if c.fallback == nil {
		return nil, 0
	}
	r.server = c.fallback
	r.loc = r.server.own
	h := headReader{request: r, room: r.server.heads.first}
	for {
		piece, err := c.headPiece()
		if err != nil {
			if h.taken == 0 {
				return nil, 0
			}
			r.line = h.soFar()
			return r, r.bodyFault(err)
		}
		if h.line == "" {
			h.line = piece
		} else {
			h.line += piece
		}
		before := h.taken
		status, done := h.run()
		_, _ = c.reader.Discard(h.taken - before)
		if status != 0 || done {
			return r, status
		}
		if before == 0 {
			_ = c.conn.SetReadDeadline(r.started.Add(r.server.heads.timeout))
		}
	}
}

// headPiece returns what has come of a head, without what stands behind it.
func (c *connection) headPiece() (string, error) {
	if _, err := c.reader.Peek(1); err != nil {
		return "", err
	}
	b, _ := c.reader.Peek(c.reader.Buffered())
	if i := bytes.Index(b, []byte("\r\n\r\n")); i >= 0 {
		b = b[:i+4]
	}
	return string(b), nil
}

// run reads what is there. The head is whole, or refused, when done.
func (h *headReader) run() (status int, done bool) {
	for h.at < len(h.line) {
		c := h.line[h.at]
		var ended, last bool
		if h.fields {
			status, ended, last = h.fieldByte(c)
		} else {
			status, ended = h.lineByte(c)
		}
		h.at++
		h.used++
		h.taken++
		switch {
		case status != 0 && !h.fields:
			h.request.line = h.soFar()
		case status == 0 && ended:
			status, done = h.endLine(last)
		}
		if status != 0 || done {
			return status, true
		}
		if h.used == h.room && !h.grow() {
			return h.tooLarge(), true
		}
	}
	return 0, false
}

// endLine takes a whole line.
func (h *headReader) endLine(last bool) (status int, done bool) {
	r := h.request
	switch {
	case last:
		r.size += int64(h.at)
		return r.understand(), true
	case !h.fields:
		if status := h.requestLine(); status != 0 {
			return status, true
		}
		if r.major == 0 {
			return r.understand(), true
		}
		h.fields = true
	default:
		if h.count++; h.count > r.server.heads.most {
			return h.tooLarge(), true
		}
		m := &h.field
		name, v := h.line[:m.nameEnd], strings.TrimRight(h.line[m.valueStart:m.valueEnd], " ")
		if !m.invalid || !r.loc.ignoreInvalid {
			if status := r.takeField(name, v); status != 0 {
				return status, true
			}
		}
	}
	r.size += int64(h.at)
	h.line, h.at, h.state = h.line[h.at:], 0, 0
	return 0, false
}

// grow goes on in the next large buffer, into which the line that is not whole
// yet is copied (ngx_http_alloc_large_header_buffer).
func (h *headReader) grow() bool {
	heads := &h.request.server.heads
	switch {
	case !h.fields && h.state == lineStart:
		h.used = 0 // nothing but empty lines: the buffer is used again
		return true
	case h.at >= heads.size, h.busy >= heads.count:
		return false
	}
	h.busy++
	h.used, h.room = h.at, heads.size
	return true
}

// tooLarge is the status of a head that the buffers do not hold.
func (h *headReader) tooLarge() int {
	h.request.lingers = true
	if h.fields {
		return statusHeaderTooLarge
	}
	h.request.line = h.line[:h.at]
	return http.StatusRequestURITooLong
}

// soFar is what has come of the line that is being read, as $request shows it.
func (h *headReader) soFar() string {
	if h.fields {
		return h.request.line
	}
	if i := strings.IndexAny(h.line, "\r\n"); i >= 0 {
		return h.line[:i]
	}
	return h.line
}

// requestLine takes what the request line says.
func (h *headReader) requestLine() int {
	r, m := h.request, &h.marks
	r.line = h.line[:m.lineLimit]
	r.method = h.line[:m.method]
	target := "/"
	if m.targetStart > 0 {
		if m.targetEnd == 0 {
			m.targetEnd = m.lineLimit
		}
		target = h.line[m.targetStart:m.targetEnd]
	}
	r.target, r.unparsed = target, target
	if m.protocolStart > 0 {
		r.major, r.minor, r.proto = h.major, h.minor, h.line[m.protocolStart:m.lineLimit]
	} else {
		r.major, r.minor = 0, 9
		r.closing = true
		if r.method != http.MethodGet {
			return http.StatusBadRequest
		}
	}
	if target[0] == '?' {
		target = "/" + target
	}
	var ok bool
	if r.path, r.args, ok = site.Normalize(target, r.server.mergeSlashes); !ok {
		return http.StatusBadRequest
	}
	if m.hostEnd > 0 {
		if r.host, ok = validHost(h.line[m.hostStart:m.hostEnd]); !ok {
			return http.StatusBadRequest
		}
		r.chooseServer()
	}
	return 0
}
