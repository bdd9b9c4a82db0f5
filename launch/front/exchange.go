package front

import (
	"bufio"
	"io"
	"net"
	"runtime"
	"sync"
	"time"
)

// exchange is one request to one peer over one connection.
type exchange struct {
	series  *series
	peer    *peer
	attempt *attempt
	start   time.Time
	link    *link // the connection; nil until there is one
	conn    net.Conn
	reader  *bufio.Reader
	watch   *abortWatch // nil where clients may leave
	doing   string      // what is being done, in the words of nginx's log
}

func (x *exchange) close() {
	if x.conn != nil {
		x.conn.Close()
	}
}

// log writes a line of the error log about the exchange.
func (x *exchange) log(level, message string) { x.series.log(level, message, x.peer.shown) }

const readingBody = "reading upstream"

// counted counts the bytes that pass.
type counted struct {
	conn net.Conn
	n    *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	*c.n += int64(n)
	return n, err
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.conn.Write(p)
	*c.n += int64(n)
	return n, err
}

// answerReaders keeps buffers of the usual size for the heads of answers.
var answerReaders = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, usualHead) }}

// usualHead is proxy_buffer_size and uwsgi_buffer_size where they are not set.
const usualHead = 4 << 10

func takeAnswerReader(from io.Reader, size int) *bufio.Reader {
	if size != usualHead {
		return bufio.NewReaderSize(from, max(size, 16))
	}
	r := answerReaders.Get().(*bufio.Reader)
	r.Reset(from)
	return r
}

// giveAnswerReader lets another exchange have the buffer.
func giveAnswerReader(r *bufio.Reader) {
	if r.Size() == usualHead {
		r.Reset(nil)
		answerReaders.Put(r)
	}
}

// talk connects to a peer, sends the request and reads the head of its
// response.
func (s *series) talk(x *exchange) (*response, error) {
	x.doing = "connecting to upstream"
	link, err := s.group.connect(x.peer, s.connectIn, s.request.front.options.Dial)
	if err != nil {
		return nil, err
	}
	x.link, x.conn = link, link.conn
	if s.secure != nil && x.link.requests == 0 {
		x.doing = "SSL handshaking to upstream"
		if x.conn, err = s.secure.wrap(s.request, x.conn, s.host, s.connectIn); err != nil {
			return nil, err
		}
		x.link.conn = x.conn
	}
	x.attempt.connect = time.Since(x.start)
	x.reader = takeAnswerReader(counted{x.conn, &x.attempt.received}, s.headSize)
	x.doing, s.sent = "sending request to upstream", true
	_ = x.conn.SetWriteDeadline(time.Now().Add(s.sendIn))
	_, writeErr := counted{x.conn, &x.attempt.sent}.Write(s.packet)
	if writeErr == nil && s.passBody && !s.ownBody {
		writeErr = s.sendBody(x)
	}
	if b := s.request.unread(); writeErr != nil && (isTimeout(writeErr) || b != nil && b.fault != nil) {
		return nil, writeErr
	}
	x.doing = "reading response header from upstream"
	// A peer may answer before it has read all.
	var response *response
	if err = s.await(x); err == nil {
		response, err = s.read(x)
	}
	if err != nil && writeErr != nil {
		x.doing = "sending request to upstream"
		return nil, writeErr
	}
	if err == nil {
		response.keep = response.keep && writeErr == nil
	}
	return response, err
}

// await waits for the first byte of an answer. Where it takes its time, it is
// looked whether the client still waits for it.
func (s *series) await(x *exchange) error {
	// Where other requests have work to do, the answer is there when it is done,
	// and nobody has to wait for the poller.
	runtime.Gosched()
	began := time.Now()
	if !s.ignoreAbort && !s.request.unwatched {
		if abortAfter < s.readIn {
			_ = x.conn.SetReadDeadline(began.Add(abortAfter))
			if _, err := x.reader.Peek(1); !isTimeout(err) {
				_ = x.conn.SetReadDeadline(began.Add(s.readIn))
				return err
			}
		}
		x.watch = s.request.watch(func() { x.conn.Close() })
	}
	_ = x.conn.SetReadDeadline(began.Add(s.readIn))
	_, err := x.reader.Peek(1)
	return err
}

// sendBody sends the request's body: as a whole, or as it comes
// (request_buffering off).
func (s *series) sendBody(x *exchange) error {
	out := counted{x.conn, &x.attempt.sent}
	r := s.request
	switch {
	case s.spooled != nil:
		_, err := io.Copy(out, s.spooled.reader())
		return err
	case r.length < 0:
		chunks := &chunkWriter{out}
		if _, err := io.Copy(chunks, r.body); err != nil {
			return err
		}
		return chunks.Close()
	case r.length > 0:
		_, err := io.Copy(out, r.body)
		return err
	}
	return nil
}

// hand makes the body of a response give the connection back at its end.
func (s *series) hand(x *exchange, number int, out *response) {
	r := s.request
	reusable := out.framed && out.keep
	head := x.attempt.received - int64(x.reader.Buffered())
	body := &timedBody{conn: x.conn, source: out.stream, timeout: s.readIn, whole: out.bare}
	body.done = func() {
		x.watch.end()
		a := &r.tried[number]
		a.total, a.received = time.Since(x.start), x.attempt.received
		if body.begun {
			a.body = a.received - head
		}
		if out.upgrade != nil {
			a.sent += out.upgrade.sent
			a.received += out.upgrade.received
		}
		switch {
		case body.whole && reusable && s.group.keepalive > 0 && x.reader.Buffered() == 0:
			s.group.keep(x.link)
		default:
			x.conn.Close()
		}
		if body.whole {
			giveAnswerReader(x.reader) // nobody reads from it any more
		}
		s.group.release(x.peer, false)
	}
	body.failed = func(err error) {
		if x.watch.end() {
			x.watch = nil
			return // the client has left
		}
		x.watch = nil
		x.doing = readingBody
		f := failureOf(err, x)
		s.log(f.level, f.message, x.peer.shown)
	}
	out.stream = body
	if out.upgrade != nil {
		x.watch.end() // what comes from the client from now on is the upstream's
		x.watch = nil
		return
	}
	s.lump(out, int(head))
}

// timedBody reads a response's body; every read may take as long as the
// timeout.
type timedBody struct {
	conn    net.Conn
	source  io.Reader
	timeout time.Duration
	begun   bool // it was read from
	whole   bool
	failed  func(error)
	done    func()
}

func (b *timedBody) Read(p []byte) (int, error) {
	if b.whole {
		return 0, io.EOF
	}
	_ = b.conn.SetReadDeadline(time.Now().Add(b.timeout))
	b.begun = true
	n, err := b.source.Read(p)
	switch {
	case err == io.EOF:
		b.whole = true
	case err != nil && b.failed != nil:
		b.failed(err)
		b.failed = nil
	}
	return n, err
}

// interrupt makes a Read in another goroutine return; to be called until it has.
func (b *timedBody) interrupt() { _ = b.conn.SetReadDeadline(past) }

func (b *timedBody) Close() error {
	if b.done != nil {
		_ = b.conn.SetReadDeadline(time.Time{})
		b.done()
		b.done = nil
	}
	return nil
}
