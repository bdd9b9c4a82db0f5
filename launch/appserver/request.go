package appserver

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/deployctl/deployctl/uwsgi/wire"
)

// incoming is a request as a client sent it.
type incoming struct {
	vars    []wire.Var
	counted int   // places that uWSGI counts for the variables
	size    int   // of the variables, in bytes
	length  int64 // of the body, in bytes
	refusal *refusal
}

// refusal is why a request is not answered, in the words of uWSGI's log.
type refusal struct {
	text   string
	status int // that uWSGI's line of the request has; below 0 where there is no such line
}

const skipped = -1

// requests keeps what is read of requests for those that come later.
var requests = sync.Pool{New: func() any { return &incoming{vars: make([]wire.Var, 0, 32)} }}

func newRequest() *incoming { return requests.Get().(*incoming) }

// release lets another request have the memory.
func (in *incoming) release() {
	clear(in.vars)
	*in = incoming{vars: in.vars[:0]}
	requests.Put(in)
}

// requestLimits are the options that bound a request; 0 means no limit of the body.
type requestLimits struct {
	bufferSize, maxVars int
	limitPost           int64
	manageScriptName    bool
}

// places are how many keys and values there may be: uWSGI allocates four for
// each of max-vars.
func (l requestLimits) places() int { return 4 * l.maxVars }

const (
	tooBig  = "Invalid (too big) CONTENT_LENGTH. skip."
	vecFull = "max vec size reached. skip this var."
)

// readPacket reads a request in the uwsgi protocol. The error is that of r; what
// is wrong with the request itself is its refusal.
func (in *incoming) readPacket(r io.Reader, limits requestLimits) error {
	var head [wire.HeaderSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	h := wire.ParseHeader(head)
	var block []byte
	if h.Size <= limits.bufferSize {
		block = make([]byte, h.Size)
		if _, err := io.ReadFull(r, block); err != nil {
			return err
		}
	}
	in.parsePacket(h, block, limits)
	return nil
}

func (in *incoming) refuse(status int, format string, args ...any) {
	in.refusal = &refusal{fmt.Sprintf(format, args...), status}
}

// parsePacket reads the variables of a packet (core/protocol.c, uwsgi_parse_vars).
// Of one that is too large the block is not needed.
func (in *incoming) parsePacket(h wire.Header, block []byte, limits requestLimits) {
	switch {
	case h.Size > limits.bufferSize:
		in.refuse(skipped, "invalid request block size: %d (max %d)...skip", h.Size, limits.bufferSize)
		return
	case h.Modifier1 != 0:
		in.refuse(skipped, "-- unavailable modifier requested: %d --", h.Modifier1)
		return
	case len(block) == 0:
		in.refuse(0, "Empty python request. skip.")
		return
	}
	in.size = len(block)
	// One copy of the text holds all names and values.
	text := string(block)
	for at := 0; at+2 <= len(block); {
		n := int(binary.LittleEndian.Uint16(block[at:]))
		if n == 0 {
			in.refuse(500, "uwsgi key cannot be null. skip this var.")
			return
		}
		value := at + 2 + n
		if value+2 > len(block) {
			in.refuse(500, "invalid uwsgi request (current strsize: %d). skip.", n)
			return
		}
		m := int(binary.LittleEndian.Uint16(block[value:]))
		after := value + 2 + m
		if after > len(block) {
			in.refuse(500, "invalid uwsgi request (current strsize: %d). skip.", m)
			return
		}
		if in.counted >= limits.places() {
			in.refuse(500, vecFull)
			return
		}
		v := wire.Var{Key: text[at+2 : value], Value: text[value+2 : after]}
		in.vars = append(in.vars, v)
		if v.Key == "CONTENT_LENGTH" {
			if in.length = length(v.Value); limits.limitPost > 0 && in.length > limits.limitPost {
				in.refuse(500, tooBig)
				return
			}
		}
		in.counted += 2
		at = after
	}
}

// length reads a number of bytes; what is no number is 0.
func length(text string) int64 {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0
	}
	return int64(min(n, math.MaxInt64))
}

// readHTTP reads a request in HTTP, as an http-socket takes it (proto/http.c).
// The error is that of r, or io.ErrUnexpectedEOF for what uWSGI does not answer.
func (in *incoming) readHTTP(r *bufio.Reader, conn net.Conn, limits requestLimits) error {
	head, err := readHead(r, limits.bufferSize)
	if err != nil {
		return err
	}
	if head == nil {
		in.refuse(skipped, "invalid HTTP request size (max %d)...skip", limits.bufferSize)
		return nil
	}
	request, fields, _ := strings.Cut(string(head), "\r\n")
	words := strings.SplitN(request, " ", 3)
	if len(words) < 3 {
		return io.ErrUnexpectedEOF
	}
	path, query, _ := strings.Cut(words[1], "?")
	path, _, _ = strings.Cut(path, "#")
	host, _ := os.Hostname()
	places := map[string]int{}
	set := func(key, value string) {
		if i, ok := places[key]; ok {
			in.vars[i].Value = value
			return
		}
		places[key] = len(in.vars)
		in.vars = append(in.vars, wire.Var{Key: key, Value: value})
	}
	set("REQUEST_METHOD", words[0])
	set("REQUEST_URI", words[1])
	set("PATH_INFO", unescape(resolve(path)))
	set("QUERY_STRING", query)
	set("SERVER_PROTOCOL", words[2])
	set("SERVER_NAME", host)
	remote, _ := netip.ParseAddrPort(conn.RemoteAddr().String())
	local, _ := netip.ParseAddrPort(conn.LocalAddr().String())
	if set("SERVER_PORT", ""); local.IsValid() {
		set("SERVER_PORT", strconv.Itoa(int(local.Port())))
	}
	if set("REMOTE_ADDR", ""); remote.IsValid() {
		set("REMOTE_ADDR", remote.Addr().String())
	}
	if !limits.manageScriptName {
		set("SCRIPT_NAME", "")
	}
	for fields != "" {
		var line string
		line, fields, _ = strings.Cut(fields, "\r\n")
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return io.ErrUnexpectedEOF
		}
		key := strings.ReplaceAll(upper(strings.TrimSpace(name)), "-", "_")
		value = strings.TrimLeft(value, " \t")
		if key != "CONTENT_LENGTH" && key != "CONTENT_TYPE" {
			key = "HTTP_" + key
			if i, ok := places[key]; ok {
				value = in.vars[i].Value + ", " + value
			}
		}
		set(key, value)
	}
	for _, v := range in.vars {
		in.size += 4 + len(v.Key) + len(v.Value)
	}
	in.counted = min(2*len(in.vars), limits.places())
	if i, ok := places["CONTENT_LENGTH"]; ok {
		in.length = length(in.vars[i].Value)
	}
	switch {
	case 2*len(in.vars) > limits.places():
		in.refuse(500, vecFull)
	case limits.limitPost > 0 && in.length > limits.limitPost:
		in.counted -= 2
		in.refuse(500, tooBig)
	}
	return nil
}

// readHead reads up to the empty line, which it leaves out; nil for a head of
// more than limit bytes.
func readHead(r *bufio.Reader, limit int) ([]byte, error) {
	var head []byte
	end := []byte("\r\n\r\n")
	for {
		if _, err := r.Peek(1); err != nil {
			return nil, err
		}
		more, _ := r.Peek(r.Buffered())
		from := max(0, len(head)-len(end)+1)
		before := len(head)
		head = append(head, more...)
		if i := bytes.Index(head[from:], end); i >= 0 {
			i += from
			_, _ = r.Discard(i + len(end) - before)
			if i+len(end) > limit {
				return nil, nil
			}
			return head[:i], nil
		}
		_, _ = r.Discard(len(more))
		if len(head) >= limit {
			return nil, nil
		}
	}
}

// upper is strings.ToUpper for ASCII alone: the other bytes stay as they are.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// resolve takes the dot segments out of a path.
func resolve(path string) string {
	var kept []string
	for segment := range strings.SplitSeq(path, "/") {
		switch {
		case segment != ".." && segment != ".":
			kept = append(kept, segment)
		case segment == ".." && len(kept) > 1:
			kept = kept[:len(kept)-1]
		}
	}
	if clean := strings.Join(kept, "/"); clean != "" || path == "" {
		return clean
	}
	return "/"
}

// unescape decodes %XX; what is no escape stays.
func unescape(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == '%' && i+2 < len(path) {
			if n, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(path[i])
	}
	return b.String()
}

// body returns how many bytes of the body a worker gets.
func (in *incoming) body() int64 {
	if in.refusal != nil {
		return 0
	}
	return in.length
}

// message makes what a worker is told of a request; what it is made of stands in
// python/deployctl_appserver/channel.py.
func (in *incoming) message() *message {
	m := messages.Get().(*message)
	b := append(m.text[:0], 0, 0, 0, 0, '[', '{')
	for i := range in.vars {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendLatin1(b, in.vars[i].Key), ':')
		b = appendLatin1(b, in.vars[i].Value)
	}
	b = append(b, '}')
	for _, n := range []int64{int64(in.counted), int64(in.size), in.body()} {
		b = strconv.AppendInt(append(b, ','), n, 10)
	}
	if r := in.refusal; r != nil {
		b = appendLatin1(append(b, ','), r.text)
		if r.status != skipped {
			b = strconv.AppendInt(append(b, ','), int64(r.status), 10)
		}
	}
	b = append(b, ']')
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	m.text, m.plain = in.appendNote(b), in.body() == 0
	return m
}

// message is what a worker is told of a request, and what there is of the body.
type message struct {
	text  []byte
	plain bool // there is no body
}

// mark tells a thread which byte of its pipe the request belongs to; 0 for none.
func (m *message) mark(b byte) { m.text[0] = b }

var messages = sync.Pool{New: func() any { return &message{text: make([]byte, 0, 2<<10)} }}

// release lets another request have the memory, unless that is very much; nil has
// none.
func (m *message) release() {
	if m != nil && cap(m.text) <= 64<<10 {
		messages.Put(m)
	}
}

// mostNoted is how much of a description there is room for; see score.py.
const mostNoted = 382

// appendNote appends the description of a request that uWSGI logs under harakiri.
func (in *incoming) appendNote(b []byte) []byte {
	at := len(b)
	b = append(b, 0, 0)
	b = append(b, value(in.vars, "REMOTE_ADDR")...)
	b = append(append(b, " - "...), value(in.vars, "REQUEST_METHOD")...)
	b = append(append(b, ' '), value(in.vars, "REQUEST_URI")...)
	b = b[:min(len(b), at+2+mostNoted)]
	binary.LittleEndian.PutUint16(b[at:], uint16(len(b)-at-2))
	return b
}

// appendLatin1 appends a JSON string with a character for each byte of s, as WSGI
// has its strings.
func appendLatin1(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c < 0x7f && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		from = i + 1
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
