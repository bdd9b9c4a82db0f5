package front

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// failure is why a peer did not answer.
type failure struct {
	kind           string // as next_upstream names it
	status         int    // for the client
	level, message string // of the log line
	cached         bool   // the connection had been kept from an earlier request
}

// badAnswer is an answer that cannot be understood; the text is nginx's.
type badAnswer string

func (b badAnswer) Error() string { return string(b) }

const errLargeHead badAnswer = "upstream sent too big header"

// failureOf says what an error means, in the words of nginx's log.
func failureOf(err error, x *exchange) *failure {
	f := &failure{kind: "error", status: http.StatusBadGateway, level: "error", cached: x.link != nil && x.link.requests > 0}
	var number syscall.Errno
	var bad badAnswer
	var refused untrusted
	switch {
	case errors.As(err, &refused):
		f.message = string(refused)
	case errors.As(err, &bad):
		f.kind, f.message = "invalid_header", string(bad)
	case isTimeout(err):
		f.kind, f.status, f.message = "timeout", http.StatusGatewayTimeout, "upstream timed out (110: Connection timed out)"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		f.message = "upstream prematurely closed connection"
	case errors.As(err, &number):
		f.message = fmt.Sprintf("%s failed (%d: %s)", call(err, x), int(number), words(number))
		if x.conn == nil && !ordinary[number] {
			f.level = "crit"
		}
	default:
		f.message = err.Error()
	}
	f.message += " while " + x.doing
	return f
}

// ordinary are the errors of connect() that nginx does not call critical
// (ngx_event_connect_peer).
var ordinary = map[syscall.Errno]bool{
	syscall.ECONNREFUSED: true, syscall.EAGAIN: true, syscall.ECONNRESET: true, syscall.ENETDOWN: true, syscall.ENETUNREACH: true,
	syscall.EHOSTDOWN: true, syscall.EHOSTUNREACH: true,
}

// call names the system call that failed. Only for unix sockets connect() fails
// at once, and the line names the socket.
func call(err error, x *exchange) string {
	var op *net.OpError
	switch {
	case x.conn == nil && x.peer.network == "unix":
		return "connect() to " + x.peer.shown
	case x.conn == nil:
		return "connect()"
	case errors.As(err, &op) && op.Op == "write":
		return "writev()"
	case x.doing == readingBody:
		return "readv()"
	}
	return "recv()"
}

// words are those that the C library has for an error.
func words(number syscall.Errno) string {
	text := number.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
