package front

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exchange is one request to one peer.
type exchange struct {
	peer   *peer
	conn   net.Conn
	reader *bufio.Reader
	reused bool
	watch  *abortWatch // nil where clients may leave
}

// run asks peers until one answers. write sends the request's head; the body
// follows. read reads the head of the response.
func (p *pass) run(r *request, u *upstream, write func(*exchange) error, read func(*exchange) (*response, error)) (*response, int) {
	if b := r.unread(); b != nil {
		b.goOn()
	}
	var body *spooled
	if p.passBody && (p.spool || r.length < 0 && p.prefix == "uwsgi") {
		var status int
		if body, status = r.readBody(); status != 0 {
			return nil, status
		}
	} else if p.passBody {
		if status := r.prefetch(); status != 0 {
			return nil, status
		}
		body = r.bodyRead
	}
	var tried []*peer
	began, last := time.Now(), http.StatusBadGateway
	for {
		chosen := u.pick(r, tried)
		if chosen == nil {
			if len(tried) == 0 {
				r.logError("%v", errNoPeer)
				r.tried = append(r.tried, attempt{address: u.name, status: http.StatusBadGateway, connect: -1, header: -1})
			}
			return nil, last
		}
		tried = append(tried, chosen)
		r.tried = append(r.tried, attempt{address: chosen.shown, connect: -1, header: -1})
		a := &r.tried[len(r.tried)-1]
		start := time.Now()
		response, sent, err := p.ask(r, u, chosen, a, start, body, write, read)
		if err == nil {
			if reason := p.refused(response.status); reason && p.again(r, u, tried, began, sent, "http_"+strconv.Itoa(response.status)) {
				response.close()
				u.release(chosen, true)
				continue
			}
			return p.deliver(r, response)
		}
		a.total = time.Since(start)
		if b := r.unread(); b != nil && b.fault != nil {
			u.release(chosen, false)
			return nil, r.bodyFault(b.fault)
		}
		if r.lost != 0 {
			a.status = r.lost
			u.release(chosen, false)
			return nil, r.lost
		}
		kind := "error"
		last = http.StatusBadGateway
		switch {
		case isTimeout(err):
			kind, last = "timeout", http.StatusGatewayTimeout
		case errors.Is(err, errBadHead):
			kind = "invalid_header"
		}
		a.status = last
		u.release(chosen, true)
		r.logError("%v while %s upstream, upstream: %q", describe(err), phase(a), chosen.shown)
		if !p.again(r, u, tried, began, sent, kind) {
			return nil, last
		}
	}
}

// phase says what was being done when an attempt failed.
func phase(a *attempt) string {
	if a.connect < 0 {
		return "connecting to"
	}
	return "reading response header from"
}

// describe words an error as nginx's log does.
func describe(err error) string {
	var op *net.OpError
	switch {
	case isTimeout(err):
		return "upstream timed out (110: Connection timed out)"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "upstream prematurely closed connection"
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Sprintf("connect() failed (%v)", op.Err)
	case errors.As(err, &op):
		return fmt.Sprintf("recv() failed (%v)", op.Err)
	}
	return err.Error()
}

// refused tells whether a status is one that next_upstream names.
func (p *pass) refused(status int) bool { return p.next["http_"+strconv.Itoa(status)] }

// again tells whether another peer is asked after a failure.
func (p *pass) again(r *request, u *upstream, tried []*peer, began time.Time, sent bool, kind string) bool {
	if !p.next[kind] || p.tries > 0 && len(tried) >= p.tries || p.nextIn > 0 && time.Since(began) > p.nextIn {
		return false
	}
	if sent && !p.next["non_idempotent"] && slices.Contains([]string{"POST", "LOCK", "PATCH"}, r.method) {
		return false
	}
	if !p.spool && r.length != 0 && sent {
		return false // the body is gone
	}
	now := time.Now()
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, other := range u.peers {
		if other.usable(tried, now) {
			return true
		}
	}
	return false
}

// ask sends the request to one peer and reads the head of its response.
func (p *pass) ask(r *request, u *upstream, to *peer, a *attempt, start time.Time, body *spooled, write func(*exchange) error, read func(*exchange) (*response, error)) (_ *response, sent bool, err error) {
	for {
		conn, reused, err := u.connect(to, p.connectIn)
		if err != nil {
			return nil, false, err
		}
		if p.secure != nil && !reused {
			if conn, err = p.secure.wrap(r, conn, to, p.connectIn); err != nil {
				return nil, false, err
			}
		}
		a.connect = time.Since(start)
		x := &exchange{peer: to, conn: conn, reader: bufio.NewReaderSize(conn, max(p.headSize, 16)), reused: reused}
		response, err := p.talk(r, x, body, write, read)
		if err == nil {
			a.header = time.Since(start)
			a.status = response.status
			a.headers = response.headers
			p.finishWith(r, u, x, a, start, response)
			return response, true, nil
		}
		conn.Close()
		if x.watch.end() {
			r.lost = statusClientLeft
			return nil, true, err
		}
		if reused && !isTimeout(err) && (body != nil || r.length == 0) {
			continue // the peer closed a connection that waited; a new one is tried
		}
		return nil, true, err
	}
}

func (p *pass) talk(r *request, x *exchange, body *spooled, write func(*exchange) error, read func(*exchange) (*response, error)) (*response, error) {
	_ = x.conn.SetWriteDeadline(time.Now().Add(p.sendIn))
	writeErr := write(x)
	if writeErr == nil && p.passBody {
		switch {
		case body != nil && body.size > 0:
			_, writeErr = io.Copy(x.conn, body.reader())
		case body == nil && r.length != 0:
			writeErr = r.stream(x.conn, p.sendIn)
		}
	}
	if b := r.unread(); writeErr != nil && (isTimeout(writeErr) || b != nil && b.fault != nil) {
		return nil, writeErr
	}
	if !p.ignoreAbort {
		x.watch = r.watch(func() { x.conn.Close() })
	}
	// A peer may answer before it has read all.
	_ = x.conn.SetReadDeadline(time.Now().Add(p.readIn))
	response, err := read(x)
	if err != nil && writeErr != nil {
		return nil, writeErr
	}
	return response, err
}

// stream sends the body as it comes, for request_buffering off.
func (r *request) stream(to io.Writer, timeout time.Duration) error {
	w := to
	if r.length < 0 {
		chunks := &chunkWriter{to}
		if _, err := io.Copy(chunks, r.body); err != nil {
			return err
		}
		return chunks.Close()
	}
	_, err := io.Copy(w, r.body)
	return err
}

// attempt is what came of asking one peer.
type attempt struct {
	address                string
	status                 int
	connect, header, total time.Duration // below 0 where it did not come to that
	received               int64
	headers                []header
}

// errNoPeer tells that none is left to be asked.
var errNoPeer = errors.New("no live upstreams while connecting to upstream")

// attempts joins what is known of each attempt, as nginx's variables do.
func (r *request) attempts(of func(*attempt) string) (string, bool) {
	if len(r.tried) == 0 {
		return "", false
	}
	var all []string
	for i := range r.tried {
		all = append(all, of(&r.tried[i]))
	}
	return strings.Join(all, ", "), true
}

func attemptStatus(a *attempt) string {
	if a.status == 0 {
		return "-"
	}
	return strconv.Itoa(a.status)
}

func seconds(d time.Duration) string {
	if d < 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", d.Seconds())
}
