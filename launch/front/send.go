package front

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// pieceSize is the size in bytes of what is written at once: a head with a
// small body, or a part of a large one.
const pieceSize = 32 << 10

// pieces keeps the buffers of requests that are done.
var pieces = sync.Pool{New: func() any { return new([pieceSize]byte) }}

// send writes a response, and tells whether the connection is kept. One that is
// handed over to another protocol is not at its end with that: its response is
// neither closed nor in the access log.
func (c *connection) send(r *request, p *response) bool {
	if !r.beforeAnswer(p) {
		p.close()
		if p = r.finish(nil, http.StatusBadRequest); p == nil {
			r.logAccess()
			return false
		}
	}
	if b := r.unread(); b != nil && !p.plain {
		b.goOn() // though it is thrown away (ngx_http_discard_request_body)
	}
	r.prepare(p)
	bodyless := r.method == http.MethodHead || p.status == http.StatusNoContent || p.status == http.StatusNotModified || p.upgrade != nil
	chunkable := !bodyless && r.major == 1 && r.minor > 0 && p.status >= 200 && !r.loc.unchunked
	trailers := chunkable && r.trailing
	if trailers {
		p.unmeasured()
	}
	fields := r.head(p)
	chunked := p.length < 0 && chunkable
	if p.length < 0 && !bodyless && !chunked {
		r.closing = true
	}
	keep := !r.closing
	if chunked {
		fields = append(fields, header{"Transfer-Encoding", "chunked"})
	}
	switch {
	case p.status == http.StatusSwitchingProtocols:
		fields = append(fields, header{"Connection", "upgrade"})
	case keep:
		fields = append(fields, header{"Connection", "keep-alive"})
		if seconds := int(r.loc.keepHeader.Seconds()); seconds > 0 {
			fields = append(fields, header{"Keep-Alive", "timeout=" + strconv.Itoa(seconds)})
		}
	default:
		fields = append(fields, header{"Connection", "close"})
	}
	r.status, r.sentHead = r.told(p), fields
	piece := pieces.Get().(*[pieceSize]byte)
	defer pieces.Put(piece)
	head := piece[:0]
	if r.major > 0 {
		head = appendHead(head, p, fields)
	}
	out := &output{conn: c.conn, timeout: r.loc.sendTimeout}
	out.rate, out.after = r.pace()
	if trailers {
		out.trailers = func() []header { return r.trailers(p) }
	}
	whole := c.body(r, p, out, head, bodyless, chunked)
	r.allSent += out.sent
	r.bodySent = max(0, r.allSent-int64(len(head)))
	r.done = whole && !r.finalized
	if p.upgrade != nil {
		return false
	}
	if r.trailing && !trailers && !bodyless {
		r.trailers(p) // for the variables alone
	}
	p.close()
	discarded := whole && r.discardBody()
	r.logAccess()
	if !whole {
		return false
	}
	if !keep {
		c.linger(r, discarded)
	}
	c.keepFor = r.loc.keepFor
	return keep && discarded && !r.finalized
}

func appendHead(b []byte, p *response, fields []header) []byte {
	b = append(b, "HTTP/1.1 "...)
	b = appendStatus(b, p)
	b = append(b, "\r\n"...)
	for _, f := range fields {
		b = appendField(b, f.name, f.value)
	}
	return append(b, "\r\n"...)
}

func appendField(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// appendStatus writes the status with its words: the upstream's, or nginx's.
func appendStatus(b []byte, p *response) []byte {
	if p.statusLine != "" {
		return append(b, p.statusLine...)
	}
	b = append(b, byte('0'+p.status/100%10), byte('0'+p.status/10%10), byte('0'+p.status%10), ' ')
	return append(b, reasons[p.status]...)
}

// body writes head and body; false when the body could not be sent as a whole.
func (c *connection) body(r *request, p *response, out *output, head []byte, bodyless, chunked bool) bool {
	switch {
	case bodyless:
		return out.write(head)
	case p.stream == nil && p.file == nil && !chunked:
		if len(p.body) <= pieceSize-len(head) {
			head = append(head, p.body...)
			if p.memory != nil {
				smalls.Put(p.memory)
				p.body, p.memory = nil, nil
			}
			return out.write(head)
		}
		return out.write(head) && out.write(p.body)
	case p.file != nil && p.stream == nil && p.length <= int64(cap(head)-len(head)):
		b := head[:len(head)+int(p.length)]
		n, err := p.file.ReadAt(b[len(head):], p.offset)
		if err != nil && err != io.EOF || int64(n) < p.length {
			r.logError("pread() read only %d of %d bytes", n, p.length)
			return false
		}
		return out.write(b)
	case p.file != nil && p.stream == nil:
		return out.write(head) && out.file(p.file, p.offset, p.length)
	}
	if p.prompt && !out.write(head) {
		return false
	} else if p.prompt {
		head = nil
	}
	return out.stream(head, p.reader(), chunked)
}

// output writes to a client: within a time, and not faster than a rate.
type output struct {
	conn    net.Conn
	timeout time.Duration
	rate    int64 // bytes per second; 0 for any
	after   int64 // bytes that are free
	sent    int64
	began   time.Time

	trailers func() []header // of a body in chunks; nil for none
}

func (o *output) write(b []byte) bool {
	for len(b) > 0 {
		piece := b
		if o.rate > 0 {
			piece = b[:min(int64(len(b)), o.slice())]
		}
		_ = o.conn.SetWriteDeadline(time.Now().Add(o.timeout))
		n, err := o.conn.Write(piece)
		o.sent += int64(n)
		if err != nil {
			return false
		}
		b = b[n:]
	}
	return true
}

// slice waits until more may be sent, and returns how many bytes.
func (o *output) slice() int64 {
	if o.began.IsZero() {
		o.began = time.Now()
	}
	for {
		allowed := o.after + o.rate*(int64(time.Since(o.began).Seconds())+1) - o.sent
		if allowed > 0 {
			return allowed
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// file sends a part of a file: by sendfile where the connection is plain.
func (o *output) file(f *os.File, offset, length int64) bool {
	if o.rate > 0 {
		return o.stream(nil, io.NopCloser(io.NewSectionReader(f, offset, length)), false)
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return false
	}
	const step = 4 << 20 // a deadline holds for so much at a time
	for length > 0 {
		_ = o.conn.SetWriteDeadline(time.Now().Add(o.timeout))
		n, err := io.CopyN(o.conn, f, min(length, step))
		o.sent += n
		length -= n
		if err != nil {
			return false
		}
	}
	return true
}

// stream sends a body as it comes, in chunks where its length is not known. The
// room behind the head takes the first of it.
func (o *output) stream(head []byte, body io.Reader, chunked bool) bool {
	const around = 16 // bytes of a chunk's size and ends, and of the last chunk
	buf := head
	if cap(buf)-len(buf) < 1<<10 {
		if len(buf) > 0 && !o.write(buf) {
			return false
		}
		piece := pieces.Get().(*[pieceSize]byte)
		defer pieces.Put(piece)
		buf = piece[:0]
	}
	for {
		at := len(buf)
		room := buf[at+around : cap(buf)-around]
		n, err := body.Read(room)
		if n > 0 {
			if chunked {
				buf = appendHex(buf, n)
				buf = append(buf, "\r\n"...)
			}
			buf = append(buf, room[:n]...) // moved to where it belongs
			if chunked {
				buf = append(buf, "\r\n"...)
			}
		}
		if err == io.EOF && chunked {
			buf = append(buf, "0\r\n"...)
			if o.trailers != nil {
				for _, f := range o.trailers() {
					buf = appendField(buf, f.name, f.value)
				}
			}
			buf = append(buf, "\r\n"...)
		}
		var bad badAnswer
		if errors.As(err, &bad) && o.sent == 0 {
			return false // nginx has not sent the head yet
		}
		if len(buf) > 0 && !o.write(buf) {
			return false
		}
		buf = buf[:0]
		if err != nil {
			return err == io.EOF
		}
	}
}

func appendHex(b []byte, n int) []byte {
	const digits = "0123456789abcdef"
	started := false
	for shift := 28; shift >= 0; shift -= 4 {
		d := n >> shift & 15
		if d != 0 || started || shift == 0 {
			started = true
			b = append(b, digits[d])
		}
	}
	return b
}
