package front

import "net/http"

// states of the request line (ngx_http_parse_request_line).
const (
	lineStart = iota
	lineMethod
	lineBeforeTarget
	lineScheme
	lineSchemeSlashes
	lineHostStart
	lineHost
	lineHostEnd
	lineAddress // [::1]
	linePort
	lineTarget
	lineBeforeVersion
	lineProtocol
	lineMajorFirst
	lineMajor
	lineMinorFirst
	lineMinor
	lineAfterVersion
	lineEnd
)

// lineMarks are places in the request line, in bytes from its start; ends are
// behind the last byte, 0 where there is none.
type lineMarks struct {
	method, scheme, slashes  int // their ends
	hostStart, hostEnd       int
	targetStart, targetEnd   int
	protocolStart, lineLimit int // the limit is the end without CR and LF
}

// lineByte takes the next byte of the request line. The line is whole when done;
// a status refuses it.
func (h *headReader) lineByte(c byte) (status int, done bool) {
	m, at := &h.marks, h.at
	switch h.state {
	case lineStart:
		if c == '\r' || c == '\n' {
			h.line, h.at = h.line[at+1:], -1 // empty lines before a request are skipped
			return 0, false
		}
		if !methodByte(c) {
			return http.StatusBadRequest, false
		}
		h.state = lineMethod
	case lineMethod:
		switch {
		case c == ' ':
			m.method = at
			h.state = lineBeforeTarget
		case !methodByte(c):
			return http.StatusBadRequest, false
		}
	case lineBeforeTarget:
		switch {
		case c == '/':
			m.targetStart = at
			h.state = lineTarget
		case letter(c):
			m.scheme = at
			h.state = lineScheme
		case c != ' ':
			return http.StatusBadRequest, false
		}
	case lineScheme:
		switch {
		case c == ':':
			m.slashes = at
			h.state = lineSchemeSlashes
		case !letter(c) && !digit(c) && c != '+' && c != '-' && c != '.':
			return http.StatusBadRequest, false
		}
	case lineSchemeSlashes:
		if c != '/' {
			return http.StatusBadRequest, false
		}
		if at == m.slashes+2 {
			h.state = lineHostStart
		}
	case lineHostStart:
		m.hostStart = at
		if c == '[' {
			h.state = lineAddress
			break
		}
		h.state = lineHost
		fallthrough
	case lineHost:
		if letter(c) || digit(c) || c == '.' || c == '-' {
			break
		}
		fallthrough
	case lineHostEnd:
		m.hostEnd = at
		if c == ':' {
			h.state = linePort
			break
		}
		return h.afterHost(c)
	case lineAddress:
		switch {
		case c == ']':
			h.state = lineHostEnd
		case !letter(c) && !digit(c) && !addressByte(c):
			return http.StatusBadRequest, false
		}
	case linePort:
		if !digit(c) {
			return h.afterHost(c)
		}
	case lineTarget:
		switch {
		case c == ' ':
			m.targetEnd = at
			h.state = lineBeforeVersion
		case c == '\r':
			m.targetEnd = at
			m.lineLimit = at
			h.state = lineEnd
		case c == '\n':
			m.targetEnd = at
			m.lineLimit = at
			return 0, true
		case c < ' ' || c == 0x7f:
			return http.StatusBadRequest, false
		}
	default:
		return h.versionByte(c)
	}
	return 0, false
}

// afterHost takes the byte behind the host of an absolute URI, or its port.
func (h *headReader) afterHost(c byte) (status int, done bool) {
	switch c {
	case '/', '?':
		h.marks.targetStart = h.at
		h.state = lineTarget
	case ' ':
		h.state = lineBeforeVersion // the path is "/"
	default:
		return http.StatusBadRequest, false
	}
	return 0, false
}

// versionByte takes the bytes from the space behind the target on. A line
// without a version is one of HTTP/0.9.
func (h *headReader) versionByte(c byte) (status int, done bool) {
	m := &h.marks
	ended := false // the byte may end the line
	switch h.state {
	case lineBeforeVersion:
		switch c {
		case ' ':
		case 'H':
			m.protocolStart = h.at
			h.state = lineProtocol
		default:
			ended = true
		}
	case lineProtocol:
		const word = "HTTP/"
		if c != word[h.at-m.protocolStart] {
			return http.StatusBadRequest, false
		}
		if c == '/' {
			h.state = lineMajorFirst
		}
	case lineMajorFirst, lineMajor:
		switch {
		case c == '.' && h.state == lineMajor:
			h.state = lineMinorFirst
		case !digit(c) || c == '0' && h.state == lineMajorFirst:
			return http.StatusBadRequest, false
		default:
			h.major = h.major*10 + int(c-'0')
			if h.major > 1 {
				return http.StatusHTTPVersionNotSupported, false
			}
			h.state = lineMajor
		}
	case lineMinorFirst:
		if !digit(c) {
			return http.StatusBadRequest, false
		}
		h.minor = int(c - '0')
		h.state = lineMinor
	case lineMinor:
		switch {
		case c == ' ':
			h.state = lineAfterVersion
		case digit(c):
			if h.minor > 99 {
				return http.StatusBadRequest, false
			}
			h.minor = h.minor*10 + int(c-'0')
		default:
			ended = true
		}
	case lineAfterVersion:
		ended = c != ' '
	case lineEnd:
		if c != '\n' {
			return http.StatusBadRequest, false
		}
		return 0, true
	}
	switch {
	case !ended:
	case c == '\r':
		m.lineLimit = h.at
		h.state = lineEnd
	case c == '\n':
		m.lineLimit = h.at
		return 0, true
	default:
		return http.StatusBadRequest, false
	}
	return 0, false
}

func methodByte(c byte) bool { return c >= 'A' && c <= 'Z' || c == '_' || c == '-' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

// addressByte tells whether a byte may stand between the brackets of a host.
func addressByte(c byte) bool {
	switch c {
	case ':', '-', '.', '_', '~', '!', '$', '&', '\'', '(', ')', '*', '+', ',', ';', '=':
		return true
	}
	return false
}
