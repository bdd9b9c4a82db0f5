package front

import (
	"bufio"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// headReader reads the lines of a request's head into one text. The lines lie
// in nginx's buffers, none across two of them, so fewer bytes fit than the
// buffers hold (ngx_http_alloc_large_header_buffer).
type headReader struct {
	from   *bufio.Reader
	limits headLimits
	data   []byte
	left   int // bytes of the buffer
	large  int // buffers of large_client_header_buffers that are used
}

// statusHeaderTooLarge is nginx's own code for a header, or all of them, above
// the buffers: the client sees 400.
const statusHeaderTooLarge = 494

// line returns the bytes of a line in data, without its end; tooLong is the
// status for one that no buffer holds.
func (h *headReader) line(tooLong int) (start, end, status int, err error) {
	start = len(h.data)
	piece, err := h.from.ReadSlice('\n')
	if err != nil {
		if errors.Is(err, bufio.ErrBufferFull) {
			return 0, 0, tooLong, nil
		}
		return 0, 0, 0, err
	}
	h.data = append(h.data, piece...)
	if h.left -= len(piece); h.left < 0 {
		h.large++
		h.left = h.limits.size - len(piece)
		if h.left < 0 || h.large > h.limits.count {
			return 0, 0, tooLong, nil
		}
	}
	end = len(h.data) - 1
	if end > start && h.data[end-1] == '\r' {
		end--
	}
	return start, end, 0, nil
}

// readRequest reads the head of a request (ngx_http_parse.c and
// ngx_http_request.c). The status is that of a head that is refused; the
// request is nil when the connection is to be closed without an answer.
func (c *connection) readRequest() (*request, int) {
	conf := c.front.current.Load()
	r := &request{front: c.front, conf: conf, conn: c, started: time.Now(), proto: "HTTP/1.0", major: 1, body: http.NoBody}
	fallback := conf.site.ServerFor(c.at(), "")
	if fallback == nil {
		return nil, 0
	}
	r.server = conf.servers[fallback]
	r.loc = r.server.own
	h := &headReader{from: c.reader, limits: r.server.heads, data: make([]byte, 0, 1024), left: r.server.heads.first}
	for {
		b, err := c.reader.Peek(1)
		if err != nil {
			return nil, 0
		}
		if b[0] != '\r' && b[0] != '\n' {
			break
		}
		_, _ = c.reader.ReadByte() // empty lines before a request are skipped
	}
	start, end, status, err := h.line(http.StatusRequestURITooLong)
	if err != nil || status != 0 {
		return r.unread(err), status
	}
	line := [2]int{start, end}
	var lines [][2]int
	if r.simple(string(h.data[start:end])) {
		return r.finishHead(string(h.data), line, nil)
	}
	for {
		start, end, status, err := h.line(statusHeaderTooLarge)
		if err != nil || status != 0 {
			if status != 0 {
				_ = r.requestLine(string(h.data[line[0]:line[1]]))
			}
			return r.unread(err), status
		}
		if start == end {
			break
		}
		lines = append(lines, [2]int{start, end})
	}
	return r.finishHead(string(h.data), line, lines)
}

// unread is the request whose head did not come: nil when the client left.
func (r *request) unread(err error) *request {
	if err == nil {
		return r
	}
	return nil
}

// simple tells whether a request line is one of HTTP/0.9, which has no headers.
func (r *request) simple(line string) bool {
	return strings.Count(line, " ") == 1 && !strings.Contains(line, " HTTP/")
}

func (r *request) finishHead(text string, line [2]int, lines [][2]int) (*request, int) {
	r.size = int64(len(text))
	if status := r.requestLine(text[line[0]:line[1]]); status != 0 {
		return r, status
	}
	r.headers = make([]header, 0, len(lines))
	for _, l := range lines {
		if status := r.headerLine(text[l[0]:l[1]]); status != 0 {
			return r, status
		}
	}
	return r, r.understand()
}

// requestLine reads method, target and version (ngx_http_parse_request_line).
func (r *request) requestLine(line string) int {
	method, rest, ok := strings.Cut(line, " ")
	if !ok || method == "" {
		return http.StatusBadRequest
	}
	for i := range len(method) {
		if c := method[i]; (c < 'A' || c > 'Z') && c != '_' && c != '-' {
			return http.StatusBadRequest
		}
	}
	r.method = method
	rest = strings.TrimLeft(rest, " ")
	target, version, ok := strings.Cut(rest, " ")
	version = strings.Trim(version, " ")
	r.target = target
	for i := range len(target) {
		if target[i] < ' ' || target[i] == 0x7f {
			return http.StatusBadRequest
		}
	}
	switch {
	case !ok:
		r.proto, r.major, r.minor = "HTTP/0.9", 0, 9
		r.closing = true
		return 0
	case !strings.HasPrefix(version, "HTTP/"):
		return http.StatusBadRequest
	}
	major, minor, ok := strings.Cut(version[5:], ".")
	var err1, err2 error
	r.major, err1 = strconv.Atoi(major)
	r.minor, err2 = strconv.Atoi(minor)
	switch {
	case !ok || err1 != nil || err2 != nil || len(major) > 3 || len(minor) > 3 || major[0] == '0':
		r.major, r.minor = 1, 0
		return http.StatusBadRequest
	case r.major > 1:
		r.major, r.minor = 1, 0
		return http.StatusHTTPVersionNotSupported
	}
	r.proto = version
	return 0
}

// headerLine reads one header (ngx_http_parse_header_line). What nginx calls
// invalid is left out, as ignore_invalid_headers asks.
func (r *request) headerLine(line string) int {
	if c := line[0]; c <= ' ' || c == 0x7f || c == ':' {
		return http.StatusBadRequest
	}
	name, value, _ := strings.Cut(line, ":")
	valid := true
	for i := range len(name) {
		switch c := name[i]; {
		case c <= ' ' || c == 0x7f:
			return http.StatusBadRequest
		case c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'z', c == '-':
		case c == '_' && r.loc.underscores:
		default:
			valid = false
		}
	}
	if strings.IndexByte(value, 0) >= 0 {
		return http.StatusBadRequest
	}
	if valid || !r.loc.ignoreInvalid {
		r.headers = append(r.headers, header{name, strings.Trim(value, " ")})
	}
	return 0
}

// understand reads the headers that decide how the request goes on
// (ngx_http_process_request_header).
func (r *request) understand() int {
	hosts, host := 0, ""
	lengths, encodings := 0, 0
	connection := ""
	for _, h := range r.headers {
		switch {
		case strings.EqualFold(h.name, "host"):
			hosts++
			host = h.value
		case strings.EqualFold(h.name, "content-length"):
			lengths++
			n, err := strconv.ParseInt(h.value, 10, 64)
			if err != nil || n < 0 || h.value[0] == '+' {
				return http.StatusBadRequest
			}
			r.length = n
		case strings.EqualFold(h.name, "transfer-encoding"):
			encodings++
			if !strings.EqualFold(h.value, "chunked") {
				return http.StatusNotImplemented
			}
		case strings.EqualFold(h.name, "connection"):
			connection = strings.ToLower(h.value)
		}
	}
	target := r.target
	if rest, ok := cutScheme(target); ok {
		slash := strings.IndexAny(rest, "/?")
		if slash < 0 {
			slash = len(rest)
		}
		host, hosts = rest[:slash], 1
		if target = rest[slash:]; target == "" {
			target = "/"
		}
	}
	r.unparsed = target
	if strings.HasPrefix(target, "?") {
		target = "/" + target
	}
	switch {
	case hosts > 1 || lengths > 1 || encodings > 1:
		return http.StatusBadRequest
	case hosts == 0 && r.major == 1 && r.minor > 0:
		return http.StatusBadRequest
	case encodings > 0 && (lengths > 0 || r.minor == 0):
		return http.StatusBadRequest
	case encodings > 0:
		r.length = -1
	}
	if hosts > 0 {
		name, ok := validHost(host)
		if !ok {
			return http.StatusBadRequest
		}
		r.host = name
	}
	if s := r.conf.site.ServerFor(r.conn.at(), r.host); s != nil {
		r.server = r.conf.servers[s]
		r.loc = r.server.own
		r.nameCaptures(s)
	}
	r.closing = r.closing || strings.Contains(connection, "close") || r.minor == 0 && !strings.Contains(connection, "keep-alive")
	if r.method == http.MethodTrace || r.method == http.MethodConnect {
		return http.StatusMethodNotAllowed
	}
	path, args, ok := site.Normalize(target, r.server.mergeSlashes)
	if !ok {
		return http.StatusBadRequest
	}
	r.path, r.args = path, args
	r.conn.bodyOf(r)
	return 0
}

// nameCaptures keeps what the groups of a server's name match.
func (r *request) nameCaptures(s *site.Server) {
	for _, n := range s.Names {
		if n.Kind == site.RegexName && n.Node != nil {
			if r.match(r.conf.names[n.Value], r.host) {
				return
			}
		}
	}
}

func cutScheme(target string) (rest string, ok bool) {
	if strings.HasPrefix(target, "/") {
		return "", false
	}
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok {
		return "", false
	}
	for i := range len(scheme) {
		if c := scheme[i] | 0x20; c < 'a' || c > 'z' {
			return "", false
		}
	}
	return rest, true
}

// validHost lowers a host and cuts its port off; false for one that nginx
// refuses (ngx_http_validate_host).
func validHost(host string) (string, bool) {
	end, dot := len(host), -1
	state := byte(0) // '[' in an address, ']' after the name
	for i := range len(host) {
		switch c := host[i]; {
		case c == '.':
			if dot >= 0 && dot == i-1 {
				return "", false
			}
			dot = i
		case c == ':' && state == 0:
			end, state = i, ']'
		case c == '[' && i == 0:
			state = '['
		case c == ']' && state == '[':
			end, state = i+1, ']'
		case c == '/' || c <= ' ' || c == 0x7f:
			return "", false
		}
	}
	if dot >= 0 && dot == end-1 {
		end--
	}
	return strings.ToLower(host[:end]), end > 0
}
