package front

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// uniqueFields are the headers that a request may have once, in lower case.
var uniqueFields = map[string]int{
	"host": seenHost, "content-length": seenLength, "transfer-encoding": seenEncoding, "expect": 1 << 3, "authorization": 1 << 4,
	"if-modified-since": 1 << 5, "if-unmodified-since": 1 << 6, "if-match": 1 << 7, "if-none-match": 1 << 8, "if-range": 1 << 9,
}

// bits of request.seen.
const (
	seenHost = 1 << iota
	seenLength
	seenEncoding
)

// takeField takes one header (ngx_http_headers_in); a status refuses it.
func (r *request) takeField(name, value string) int {
	r.headers = append(r.headers, header{name, value})
	lower := strings.ToLower(name)
	bit := uniqueFields[lower]
	if bit&r.seen != 0 {
		return http.StatusBadRequest
	}
	r.seen |= bit
	switch lower {
	case "host":
		host, ok := validHost(value)
		if !ok {
			return http.StatusBadRequest
		}
		if r.host == "" { // an absolute URI wins
			r.host = host
			r.chooseServer()
		}
	case "connection":
		v := strings.ToLower(value)
		switch {
		case strings.Contains(v, "close"):
			r.connection = connectionClose
		case strings.Contains(v, "keep-alive"):
			r.connection = connectionKeep
		}
	}
	return 0
}

// values of request.connection.
const (
	connectionClose = 1 + iota
	connectionKeep
)

// chooseServer takes the server of the request's host.
func (r *request) chooseServer() {
	if s := r.conf.site.ServerFor(r.conn.at(), r.host); s != nil {
		r.server = r.conf.servers[s]
		r.loc = r.server.own
		r.nameCaptures(s)
	}
}

// understand says how a request goes on whose head is whole
// (ngx_http_process_request_header); a status refuses it.
func (r *request) understand() int {
	if r.host == "" {
		r.chooseServer()
	}
	if r.seen&seenHost == 0 && r.version() > 10 {
		return http.StatusBadRequest
	}
	if r.seen&seenLength != 0 {
		v, _ := r.header("content-length")
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || !digit(v[0]) {
			return http.StatusBadRequest
		}
		r.length = n
	}
	if r.seen&seenEncoding != 0 {
		v, _ := r.header("transfer-encoding")
		switch {
		case r.version() < 11:
			return http.StatusBadRequest
		case !strings.EqualFold(v, "chunked"):
			return http.StatusNotImplemented
		case r.seen&seenLength != 0:
			return http.StatusBadRequest
		}
		r.length = -1
	}
	if r.method == http.MethodTrace || r.method == http.MethodConnect {
		return http.StatusMethodNotAllowed
	}
	r.closing = r.closing || r.connection == connectionClose || r.connection == 0 && r.version() < 11
	r.conn.bodyOf(r)
	return 0
}

// version is the one of HTTP, ten times: 11 is HTTP/1.1.
func (r *request) version() int { return r.major*10 + min(r.minor, 9) }

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

// validHost lowers a host and cuts its port off; false for one that nginx
// refuses (ngx_http_validate_host).
func validHost(host string) (string, bool) {
	end, dot := len(host), -2
	literal := strings.HasPrefix(host, "[")
	for i := range len(host) {
		c := host[i]
		rest := end < len(host)
		switch {
		case c == '.':
			if dot == i-1 {
				return "", false
			}
			dot = i
		case c == ':' && !literal && !rest:
			end = i
		case c == ']' && literal && !rest:
			end = i + 1
			literal = false
		case c == '/' || c <= ' ' || c == 0x7f:
			return "", false
		}
	}
	if dot == end-1 {
		end--
	}
	if end <= 0 {
		return "", false
	}
	return asciiLower(host[:end]), true
}
