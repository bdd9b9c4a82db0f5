package front

import "net/http"

// states of a header line (ngx_http_parse_header_line).
const (
	fieldStart = iota
	fieldName
	fieldBeforeValue
	fieldValue
	fieldSpaces // that may be the end of the value
	fieldEnd
	fieldHeadEnd
)

// fieldMarks are places in a header line, in bytes from its start.
type fieldMarks struct {
	nameEnd, valueStart, valueEnd int
	invalid                       bool // the name holds bytes that nginx does not expect
}

// fieldByte takes the next byte of a header line. The line is whole when done,
// the head when last; a status refuses it.
func (h *headReader) fieldByte(c byte) (status int, done, last bool) {
	m, at := &h.field, h.at
	switch h.state {
	case fieldStart:
		h.field = fieldMarks{}
		switch {
		case c == '\r':
			h.state = fieldHeadEnd
			return 0, false, false
		case c == '\n':
			return 0, true, true
		case c <= ' ' || c == 0x7f || c == ':':
			return http.StatusBadRequest, false, false
		}
		m.invalid = !h.nameByte(c)
		h.state = fieldName
	case fieldName:
		switch {
		case c == ':':
			m.nameEnd = at
			h.state = fieldBeforeValue
		case c == '\r' || c == '\n':
			m.nameEnd, m.valueStart, m.valueEnd = at, at, at
			h.state = fieldEnd
			return 0, c == '\n', false
		case c <= ' ' || c == 0x7f:
			return http.StatusBadRequest, false, false
		case !h.nameByte(c):
			m.invalid = true
		}
	case fieldBeforeValue:
		switch c {
		case ' ':
		case '\r', '\n':
			m.valueStart, m.valueEnd = at, at
			h.state = fieldEnd
			return 0, c == '\n', false
		case 0:
			return http.StatusBadRequest, false, false
		default:
			m.valueStart = at
			h.state = fieldValue
		}
	case fieldValue, fieldSpaces:
		switch c {
		case ' ':
			if h.state == fieldValue {
				m.valueEnd = at
				h.state = fieldSpaces
			}
		case '\r', '\n':
			if h.state == fieldValue {
				m.valueEnd = at
			}
			h.state = fieldEnd
			return 0, c == '\n', false
		case 0:
			return http.StatusBadRequest, false, false
		default:
			h.state = fieldValue
		}
	case fieldEnd:
		switch c {
		case '\n':
			return 0, true, false
		case '\r':
		default:
			return http.StatusBadRequest, false, false
		}
	case fieldHeadEnd:
		if c != '\n' {
			return http.StatusBadRequest, false, false
		}
		return 0, true, true
	}
	return 0, false, false
}

// nameByte tells whether a byte may stand in the name of a header.
func (h *headReader) nameByte(c byte) bool {
	return letter(c) || digit(c) || c == '-' || c == '_' && h.request.loc.underscores
}
