package front

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// readFields reads the fields of a response until the empty line; head is what
// the status line took of the buffer's size in bytes.
func readFields(reader *bufio.Reader, size, head int) ([]header, error) {
	var fields []header
	for {
		line, err := reader.ReadSlice('\n')
		if head += len(line); errors.Is(err, bufio.ErrBufferFull) || head > size {
			return nil, errLargeHead
		}
		if err != nil {
			return nil, err
		}
		text := strings.TrimRight(string(line[:len(line)-1]), "\r")
		if text == "" {
			return fields, nil
		}
		f, err := parseField(text)
		if err != nil {
			return nil, err
		}
		if f.name != "" {
			fields = append(fields, f)
		}
	}
}

// parseField reads a field as nginx does (ngx_http_parse_header_line): one
// without a colon has no value, and a second status line, which IIS sends, no
// name.
func parseField(line string) (header, error) {
	name, value, colon := strings.Cut(line, ":")
	if strings.HasPrefix(name, "HTTP/") {
		return header{}, nil
	}
	bad := strings.IndexFunc(name, func(c rune) bool { return c <= ' ' || c == 0x7f })
	if name == "" {
		bad = 0
	} else if bad < 0 && colon {
		if bad = strings.IndexAny(value, "\x00\r"); bad >= 0 {
			bad += len(name) + 1
		}
	}
	if bad >= 0 {
		return header{}, badAnswer(fmt.Sprintf(`upstream sent invalid header: "%s\x%02x..."`, line[:bad], line[bad]))
	}
	return header{name, strings.Trim(value, " ")}, nil
}

// statusLine is what a response's first line says.
type statusLine struct {
	minor  int
	status int
	text   string // the status with the words behind it
	size   int    // of the line, in bytes
}

// errNoStatus tells that there is no status line.
var errNoStatus = errors.New("no status line")

// readStatusLine reads the first line of a response, and leaves what is none
// (ngx_http_parse_status_line).
func readStatusLine(reader *bufio.Reader) (*statusLine, error) {
	const form = "HTTP/"
	l := &statusLine{}
	start, dots, digits := 0, 0, 0
	for i := 0; ; i++ {
		b, err := reader.Peek(i + 1)
		if errors.Is(err, bufio.ErrBufferFull) {
			return nil, errLargeHead
		}
		if err != nil {
			return nil, err
		}
		c := b[i]
		switch {
		case i < len(form):
			if c != form[i] {
				return nil, errNoStatus
			}
		case digits == 3 && c == '\n':
			l.size = i + 1
			l.text = strings.TrimSuffix(string(b[start:i]), "\r")
			_, _ = reader.Discard(l.size)
			return l, nil
		case digits == 3 && i == start+3:
			if c != ' ' && c != '.' && c != '\r' {
				return nil, errNoStatus
			}
		case digits == 3:
			if b[i-1] == '\r' {
				return nil, errNoStatus
			}
		case dots < 2 && c == '.' && dots == 0 && i > len(form):
			dots = 1
		case dots == 1 && c == ' ' && b[i-1] != '.':
			dots = 2
		case dots == 2 && c == ' ' && digits == 0:
		case c < '0' || c > '9' || i == len(form) && c == '0' || i > len(form)+8 && dots < 2:
			return nil, errNoStatus
		case dots == 1:
			l.minor = l.minor*10 + int(c-'0')
		case dots == 2:
			if digits++; digits == 1 {
				start = i
			}
			l.status = l.status*10 + int(c-'0')
		}
	}
}

// frame finds out where the body of an upstream's response ends; none tells
// that there is none, whatever the fields say.
func (p *response) frame(e *exchange, none bool) {
	if v, ok := p.header("connection"); ok {
		p.keep = p.keep && !strings.Contains(strings.ToLower(v), "close")
	}
	if v, ok := p.header("transfer-encoding"); ok && !p.cgi {
		p.chunked = strings.Contains(strings.ToLower(v), "chunked")
	}
	if v, ok := p.header("content-length"); ok && !p.chunked {
		if n, err := strconv.ParseUint(v, 10, 63); err == nil {
			p.length = int64(n)
		}
	}
	switch {
	case p.cgi && p.length < 0:
		p.stream = io.NopCloser(e.reader)
	case none || p.length == 0 || p.status == http.StatusNoContent || p.status == http.StatusNotModified:
		p.stream, p.framed, p.bare = io.NopCloser(strings.NewReader("")), true, true
	case p.chunked:
		p.stream, p.framed = io.NopCloser(&answerChunks{chunkReader{r: e.reader}}), true
	case p.length >= 0:
		p.stream, p.framed = io.NopCloser(&exactly{e.reader, p.length}), true
	default:
		p.stream = io.NopCloser(e.reader)
	}
}

// switched is the response of a peer that speaks another protocol from now on.
func (p *response) switched(e *exchange) {
	buffered, _ := e.reader.Peek(e.reader.Buffered())
	p.upgrade = &upgraded{conn: e.conn, buffered: append([]byte(nil), buffered...), idle: e.series.readIn}
	p.stream = io.NopCloser(strings.NewReader(""))
}

// answerChunks reads the body of a response that comes in chunks.
type answerChunks struct{ chunkReader }

func (c *answerChunks) Read(p []byte) (int, error) {
	n, err := c.chunkReader.Read(p)
	if errors.Is(err, errBadChunk) {
		err = badAnswer("upstream sent invalid chunked response")
	}
	return n, err
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
