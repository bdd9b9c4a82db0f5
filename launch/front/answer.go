package front

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// errBadHead is a response whose head cannot be read.
var errBadHead = errors.New("upstream sent invalid header")

// readHead reads the fields of a response until the empty line.
func readHead(reader *bufio.Reader, size int) ([]header, error) {
	var fields []header
	total := 0
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			if errors.Is(err, bufio.ErrBufferFull) {
				return nil, errors.New("upstream sent too big header")
			}
			return nil, err
		}
		if total += len(line); total > size {
			return nil, errors.New("upstream sent too big header")
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			return fields, nil
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, errBadHead
		}
		fields = append(fields, header{name, textproto.TrimString(value)})
	}
}

// readHTTP reads the head of a response; informational ones are left out.
func (x *proxy) readHTTP(r *request, e *exchange) (*response, error) {
	for {
		out := &response{length: -1}
		if err := out.readStatus(e.reader); err != nil {
			return nil, err
		}
		var err error
		if out.headers, err = readHead(e.reader, x.headSize); err != nil {
			return nil, err
		}
		if out.status == http.StatusSwitchingProtocols {
			buffered, _ := e.reader.Peek(e.reader.Buffered())
			out.upgrade = &upgraded{e.conn, append([]byte(nil), buffered...)}
			out.stream = io.NopCloser(strings.NewReader(""))
			return out, nil
		}
		if out.status >= 100 && out.status < 200 {
			continue
		}
		out.frame(e, r.method == http.MethodHead)
		x.rewrite(r, out)
		return out, nil
	}
}

var statusLine = regexp.MustCompile(`^HTTP/(\d)\.(\d) (\d{3})(?: (.*))?$`)

// readStatus reads the status line.
func (p *response) readStatus(reader *bufio.Reader) error {
	line, err := reader.ReadString('\n')
	if err != nil {
		return err
	}
	m := statusLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
	if m == nil {
		return errBadHead
	}
	p.status, _ = strconv.Atoi(m[3])
	p.reason = m[4]
	p.keep = m[2] == "1"
	return nil
}

// frame finds out where the body of an upstream's response ends.
func (p *response) frame(e *exchange, head bool) {
	if v, ok := p.header("connection"); ok {
		p.keep = !strings.Contains(strings.ToLower(v), "close")
	}
	chunked := false
	if v, ok := p.header("transfer-encoding"); ok {
		chunked = strings.Contains(strings.ToLower(v), "chunked")
	}
	if v, ok := p.header("content-length"); ok && !chunked {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n >= 0 {
			p.length = n
		}
	}
	switch {
	case head || p.status == http.StatusNoContent || p.status == http.StatusNotModified:
		p.stream, p.framed = io.NopCloser(strings.NewReader("")), true
	case chunked:
		p.stream, p.framed = io.NopCloser(&chunkReader{r: e.reader}), true
	case p.length >= 0:
		p.stream, p.framed = io.NopCloser(&exactly{e.reader, p.length}), true
	default:
		p.stream = io.NopCloser(e.reader)
	}
}

// exactly reads so many bytes; an earlier end is an error.
type exactly struct {
	r    *bufio.Reader
	left int64
}

func (x *exactly) Read(b []byte) (int, error) {
	if x.left == 0 {
		return 0, io.EOF
	}
	if int64(len(b)) > x.left {
		b = b[:x.left]
	}
	n, err := x.r.Read(b)
	x.left -= int64(n)
	if err == io.EOF && x.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// finishWith makes the body of a response give the connection back at its end.
func (p *pass) finishWith(r *request, u *upstream, x *exchange, a *attempt, start time.Time, out *response) {
	attempt := len(r.tried) - 1
	framed := out.framed && out.keep
	out.stream = &timedBody{conn: x.conn, source: out.stream, timeout: p.readIn, done: func(n int64, whole bool) {
		x.watch.end()
		r.tried[attempt].received = n
		r.tried[attempt].total = time.Since(start)
		if whole && framed && u.keepalive > 0 && x.reader.Buffered() == 0 {
			u.keep(x.peer, x.conn)
		} else if out.upgrade == nil {
			x.conn.Close()
		}
		u.release(x.peer, false)
	}}
}

// timedBody reads a response's body; every read may take as long as the
// timeout.
type timedBody struct {
	conn    net.Conn
	source  io.Reader
	timeout time.Duration
	n       int64
	whole   bool
	done    func(n int64, whole bool)
}

func (b *timedBody) Read(p []byte) (int, error) {
	if b.whole {
		return 0, io.EOF
	}
	_ = b.conn.SetReadDeadline(time.Now().Add(b.timeout))
	n, err := b.source.Read(p)
	b.n += int64(n)
	if err == io.EOF {
		b.whole = true
	}
	return n, err
}

func (b *timedBody) Close() error {
	if b.done != nil {
		_ = b.conn.SetReadDeadline(time.Time{})
		b.done(b.n, b.whole)
		b.done = nil
	}
	return nil
}
