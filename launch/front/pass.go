package front

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// pass is what proxy_pass and uwsgi_pass have in common
// (ngx_http_upstream.c); names are those of the directives without the prefix.
type pass struct {
	prefix    string // proxy or uwsgi
	target    *text  // the address, or the upstream's name
	fixed     *upstream
	params    []passParam
	passHead  bool // the client's headers are passed on
	passBody  bool
	connectIn time.Duration
	sendIn    time.Duration
	readIn    time.Duration
	headSize  int
	buffering bool
	spool     bool // request_buffering
	next      map[string]bool
	tries     int
	nextIn    time.Duration
	intercept bool
	hidden    map[string]bool
	ignored   map[string]bool
	secure    *secureUpstream // nil for plain connections
}

// passParam is a header or a variable that is sent.
type passParam struct {
	name       string
	value      *text
	ifNotEmpty bool
}

// newPass reads the directives that both modules have.
func (c *config) newPass(l *location, prefix string) *pass {
	s := l.Scope
	p := &pass{
		prefix: prefix, passHead: c.flag(s, prefix+"_pass_request_headers", true), passBody: c.flag(s, prefix+"_pass_request_body", true),
		connectIn: c.duration(s, prefix+"_connect_timeout", time.Minute), sendIn: c.duration(s, prefix+"_send_timeout", time.Minute),
		readIn: c.duration(s, prefix+"_read_timeout", time.Minute), headSize: c.size(s, prefix+"_buffer_size", 4<<10),
		buffering: c.flag(s, prefix+"_buffering", true), spool: c.flag(s, prefix+"_request_buffering", true),
		next: map[string]bool{}, tries: c.number(s, prefix+"_next_upstream_tries", 0), nextIn: c.duration(s, prefix+"_next_upstream_timeout", 0),
		intercept: c.flag(s, prefix+"_intercept_errors", false), hidden: map[string]bool{}, ignored: map[string]bool{},
	}
	if n := c.one(s, prefix+"_next_upstream"); n != nil {
		for _, a := range n.Args {
			p.next[a.Value] = true
		}
	} else {
		p.next["error"], p.next["timeout"] = true, true
	}
	for _, n := range c.all(s, prefix+"_hide_header") {
		p.hidden[strings.ToLower(n.Arg(0))] = true
	}
	for _, n := range c.all(s, prefix+"_ignore_headers") {
		for _, a := range n.Args {
			p.ignored[strings.ToLower(a.Value)] = true
		}
	}
	always := []string{"x-accel-expires", "x-accel-redirect", "x-accel-limit-rate", "x-accel-buffering", "x-accel-charset"}
	if prefix == "proxy" {
		always = append(always, "date", "server", "x-pad")
	}
	for _, name := range always {
		p.hidden[name] = true
	}
	for _, n := range c.all(s, prefix+"_pass_header") {
		delete(p.hidden, strings.ToLower(n.Arg(0)))
	}
	return p
}

// group returns the upstream that a value means.
func (p *pass) group(r *request, address string, port int) (*upstream, error) {
	if p.fixed != nil {
		return p.fixed, nil
	}
	if u := r.conf.upstreams[address]; u != nil {
		return u, nil
	}
	one, err := newPeer(address, port)
	if err != nil {
		return nil, err
	}
	return &upstream{name: address, peers: []*peer{one}}, nil
}

// exchange is one request to one peer.
type exchange struct {
	peer   *peer
	conn   net.Conn
	reader *bufio.Reader
	reused bool
}

// run asks peers until one answers. write sends the request's head; the body
// follows. read reads the head of the response.
func (p *pass) run(r *request, u *upstream, write func(*exchange) error, read func(*exchange) (*response, error)) (*response, int) {
	var body *spooled
	if p.passBody && (p.spool || r.length < 0 && p.prefix == "uwsgi") {
		var status int
		if body, status = r.readBody(); status != 0 {
			return nil, status
		}
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

// errBadHead is a response whose head cannot be read.
var errBadHead = errors.New("upstream sent invalid header")

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
		x := &exchange{to, conn, bufio.NewReaderSize(conn, max(p.headSize, 16)), reused}
		response, err := p.talk(r, x, body, write, read)
		if err == nil {
			a.header = time.Since(start)
			a.status = response.status
			a.headers = response.headers
			p.finishWith(r, u, x, a, start, response)
			return response, true, nil
		}
		conn.Close()
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
	if writeErr != nil && isTimeout(writeErr) {
		return nil, writeErr
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

// finishWith makes the body of a response give the connection back at its end.
func (p *pass) finishWith(r *request, u *upstream, x *exchange, a *attempt, start time.Time, out *response) {
	attempt := len(r.tried) - 1
	framed := out.framed && out.keep
	out.stream = &timedBody{conn: x.conn, source: out.stream, timeout: p.readIn, done: func(n int64, whole bool) {
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

// deliver makes of a peer's response the one that goes to the client: headers
// hidden, redirects followed inside, errors intercepted.
func (p *pass) deliver(r *request, out *response) (*response, int) {
	out.upstream = true
	if to, ok := out.header("x-accel-redirect"); ok && !p.ignored["x-accel-redirect"] && out.upgrade == nil {
		return p.accel(r, out, to)
	}
	if p.intercept && out.status >= 300 && r.hasErrorPage(out.status) {
		challenge, asked := out.header("www-authenticate")
		status := out.status
		out.close()
		page := r.finish(nil, status)
		if asked && page != nil {
			page.set("WWW-Authenticate", challenge)
		}
		return page, 0
	}
	if v, ok := out.header("x-accel-limit-rate"); ok && !p.ignored["x-accel-limit-rate"] {
		r.setVar("limit_rate", v)
	}
	out.take(p)
	return out, 0
}

func (r *request) hasErrorPage(status int) bool {
	for i := range r.loc.errorPages {
		if r.loc.errorPages[i].codes[status] {
			return !r.errorPage || r.loc.recursiveErrors
		}
	}
	return false
}

// take moves the headers that the filters work on out of the list, and drops
// those that are hidden.
func (out *response) take(p *pass) {
	kept := out.headers[:0:0]
	for _, h := range out.headers {
		switch name := strings.ToLower(h.name); name {
		case "content-type":
			out.contentType = h.value
		case "content-length", "connection", "keep-alive", "transfer-encoding", "status":
			if name == "connection" && out.upgrade != nil {
				kept = append(kept, h)
			}
		case "last-modified":
			if t, err := http.ParseTime(h.value); err == nil {
				out.modified = t
				continue
			}
			kept = append(kept, h)
		case "etag":
			out.etag = h.value
		case "accept-ranges":
			out.ranges = out.ranges || strings.EqualFold(h.value, "bytes") && out.length >= 0
			if !out.ranges {
				kept = append(kept, h)
			}
		default:
			if !p.hidden[name] {
				kept = append(kept, h)
			}
		}
	}
	out.headers = kept
}

// keptByAccel are the headers of a response with X-Accel-Redirect that stay.
var keptByAccel = []string{"Content-Type", "Set-Cookie", "Content-Disposition", "Cache-Control", "Expires"}

// accel goes on at the URI of X-Accel-Redirect.
func (p *pass) accel(r *request, from *response, to string) (*response, int) {
	var kept []header
	kind := ""
	for _, h := range from.headers {
		for _, name := range keptByAccel {
			if !strings.EqualFold(h.name, name) {
				continue
			}
			if name == "Content-Type" {
				kind = h.value
			} else {
				kept = append(kept, h)
			}
		}
	}
	from.close()
	if r.method != http.MethodHead {
		r.method = http.MethodGet
	}
	var answer *response
	if strings.HasPrefix(to, "@") {
		answer = r.redirectNamed(to)
	} else {
		path, args, ok := strings.Cut(to, "?")
		uri := unescape(path)
		if ok {
			uri += "?" + args
		}
		r.args = ""
		answer = r.redirectTo(uri)
	}
	if answer == nil {
		return nil, closeConnection
	}
	answer.headers = append(kept, answer.headers...)
	if kind != "" && answer.status < 300 {
		answer.contentType = kind
	}
	return answer, 0
}

// The directives that make content.
func init() {
	contentHandlers["uwsgi_pass"] = newUwsgiPass
	contentHandlers["proxy_pass"] = newProxyPass
	contentHandlers["stub_status"] = func(_ *config, _ *location, _ *site.Node) handler { return stubStatus }
	contentHandlers["empty_gif"] = func(_ *config, _ *location, _ *site.Node) handler { return emptyGIF }
}
