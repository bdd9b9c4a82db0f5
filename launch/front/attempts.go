package front

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// dialect is how a request is put to an upstream and its answer understood.
type dialect struct {
	host   string                // that the upstream's certificate is for
	schema string                // of the upstream's URL in log lines, "http://"
	uri    string                // behind the upstream's name there
	write  func() ([]byte, bool) // the request without its body; false for one that cannot be put
	read   func(*exchange) (*response, error)
}

// attempt is what came of asking one peer; one without an address parts what
// two locations asked.
type attempt struct {
	address                string
	status                 int
	connect, header, total time.Duration // below 0 where it did not come to that
	sent, received         int64         // bytes
	body                   int64         // of the response, in bytes
	headers                []header
}

// series are the attempts to have one request answered
// (ngx_http_upstream_init_request and ngx_http_upstream_next).
type series struct {
	*pass
	dialect
	request *request
	group   *upstream
	packet  []byte   // what is sent before the body
	spooled *spooled // the body; nil when it is sent as it comes
	tried   []*peer
	left    int // attempts, the one under way among them
	began   time.Time
	sent    bool // the attempt under way has begun to send
}

// run asks peers until one answers.
func (p *pass) run(r *request, u *upstream, d dialect) (*response, int) {
	r.answered = nil
	s := &series{pass: p, dialect: d, request: r, group: u, left: u.tries(), began: time.Now()}
	if p.tries > 0 {
		s.left = min(s.left, p.tries)
	}
	if status := s.takeBody(); status != 0 {
		return nil, status
	}
	var ok bool
	if s.packet, ok = d.write(); !ok {
		return nil, http.StatusInternalServerError
	}
	if len(r.tried) > 0 {
		r.tried = append(r.tried, attempt{})
	}
	for {
		response, failed := s.ask()
		switch {
		case failed == nil && !s.refuses(response.status):
			return p.deliver(r, response)
		case failed == nil:
			response.close()
			s.group.release(s.tried[len(s.tried)-1], response.status != http.StatusForbidden && response.status != http.StatusNotFound)
			s.left--
		case !s.again(failed):
			return nil, failed.status
		}
	}
}

// takeBody reads the request's body as a whole, unless it is passed on as it
// comes.
func (s *series) takeBody() (status int) {
	r := s.request
	if r.refused {
		s.spooled, r.bodyRead = &spooled{}, &spooled{}
		return 0
	}
	if b := r.unread(); b != nil {
		b.goOn()
	}
	if !s.direct(r) {
		s.spooled, status = r.readBody()
		return status
	}
	status = r.prefetch()
	s.spooled = r.bodyRead
	return status
}

// refuses tells whether a status is one that sends the request to another peer
// (ngx_http_upstream_test_next).
func (s *series) refuses(status int) bool {
	return status >= http.StatusMultipleChoices && s.left > 1 && s.may("http_"+strconv.Itoa(status))
}

// again tells whether another peer is asked after a failure.
func (s *series) again(f *failure) bool {
	switch {
	case f.cached && f.kind == "error":
	case s.group.single():
		s.left = 0
	default:
		s.left--
	}
	return s.left > 0 && s.may(f.kind)
}

// may tells whether next_upstream lets the request go on after what befell it.
func (s *series) may(kind string) bool {
	if !s.next[kind] || s.nextIn > 0 && time.Since(s.began) >= s.nextIn {
		return false
	}
	if s.sent && !s.next["non_idempotent"] && slices.Contains([]string{"POST", "LOCK", "PATCH"}, s.request.method) {
		return false
	}
	return !s.sent || s.spooled != nil || s.request.length == 0
}

// ask puts the request to the next peer.
func (s *series) ask() (*response, *failure) {
	r := s.request
	s.sent, r.answered = false, nil
	chosen := s.group.pick(r, s.tried)
	if chosen == nil {
		r.tried = append(r.tried, attempt{address: s.group.name, status: http.StatusBadGateway, connect: -1, header: -1})
		s.log("error", "no live upstreams while connecting to upstream", s.group.name)
		return nil, &failure{status: http.StatusBadGateway}
	}
	s.tried = append(s.tried, chosen)
	r.tried = append(r.tried, attempt{address: chosen.shown, connect: -1, header: -1})
	a := &r.tried[len(r.tried)-1]
	start := time.Now()
	x := &exchange{series: s, peer: chosen, attempt: a, start: start}
	response, err := s.talk(x)
	if err == nil {
		a.header, a.status, a.headers = time.Since(start), response.status, response.headers
		r.answered = response.headers
		s.hand(x, len(r.tried)-1, response)
		return response, nil
	}
	x.close()
	a.total = time.Since(start)
	if status := s.leftBy(x); status != 0 {
		s.group.release(chosen, false)
		return nil, &failure{status: status}
	}
	f := failureOf(err, x)
	a.status = f.status
	s.group.release(chosen, true)
	s.log(f.level, f.message, chosen.shown)
	return nil, f
}

// leftBy is the status of a request whose client is at fault that a peer did not
// answer: it has left, or its body is broken; 0 for another.
func (s *series) leftBy(x *exchange) int {
	r := s.request
	gone := x.watch.end()
	if b := r.unread(); b != nil && b.fault != nil {
		return r.bodyFault(b.fault)
	}
	if gone {
		r.lost = statusClientLeft
	}
	return r.lost
}

// log writes a line of the error log that names the upstream.
func (s *series) log(level, message, name string) {
	if strings.HasPrefix(name, "unix:") {
		name += ":"
	}
	s.request.log(level, message, s.schema+name+s.uri)
}
