package front

import (
	"context"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// header is one field of a head, as it was sent.
type header struct{ name, value string }

// request is one request on its way through the phases.
type request struct {
	front   *Front
	conf    *config
	conn    *connection
	context context.Context // ends with a stream of HTTP/2; nil for HTTP/1

	line                  string // the request line as it was sent
	method, target, proto string // of the request line
	unparsed              string // the target without scheme and host
	major, minor          int    // version of HTTP
	headers               []header
	host                  string          // lower case, without port
	client                *netip.AddrPort // that a proxy named; nil for the peer
	server                *server
	loc                   *location // whose settings hold
	path, args            string    // as rewritten so far
	body                  io.Reader // never nil
	length                int64     // of the body; -1 when it is sent in chunks
	bodyRead              *spooled  // the body once it was read as a whole
	started               time.Time
	size                  int64 // of the head, in bytes

	internal   bool // not the client's own URI any more
	uriChanged bool
	cycles     int  // internal redirects that are left; below 0 when there were too many
	hadArgs    bool // there are arguments, or were before they were taken away
	ownURI     bool // it is not what the client asked for any more
	refused    bool // the body is too large, and dropped
	brokenURI  bool // rewritten with break: alias does not know which part of it to cut
	// try_files found a file below an alias that stands for a whole path.
	addURIToAlias bool
	captures      []string
	quote         bool              // what groups matched is escaped where it is used
	sets          map[string]string // variables of set, captures and the like
	cache         map[string]string // values of map and geo that were looked up
	errorPage     bool              // the response is that of an error_page
	override      int               // the status that an error_page asks for; 0 for the response's own
	tried         []attempt         // what upstreams were asked
	challenge     string            // what WWW-Authenticate of a 401 says
	answered      []header          // by the upstream that was asked last
	sub           bool              // the subrequest of auth_request
	parent        *request
	mirrored      bool     // copies of it were sent
	depth         int      // variables that are evaluated within each other
	unwatched     bool     // a client that leaves does not end it
	limited       bool     // limit_req and limit_conn have counted it
	leave         []func() // what to do when it is done
	closing       bool     // the connection is closed after this request
	finalized     bool     // nothing follows its answer, whatever that says
	varies        bool     // whether the answer is packed depends on the client (gzip_vary)
	lingers       bool     // and what the client still sends is read
	lost          int      // the status of a request that is given up without an answer
	seen          int      // headers that may come once (uniqueFields)
	connection    int      // what Connection asks for

	// What became of it, for the log.
	status       int
	trailing     bool // add_trailer puts fields behind the body
	sentHead     []header
	sentTrailers []header
	bodySent     int64
	allSent      int64
	done         bool
}

// header returns the value of a header of the request; several of one name are
// joined as nginx 1.23 and later do.
func (r *request) header(name string) (string, bool) {
	found, ok := "", false
	for i := range r.headers {
		h := &r.headers[i]
		if len(h.name) != len(name) || !strings.EqualFold(h.name, name) {
			continue
		}
		if !ok {
			found, ok = h.value, true
			continue
		}
		separator := ", "
		if strings.EqualFold(name, "cookie") {
			separator = "; "
		}
		found += separator + h.value
	}
	return found, ok
}

// remote is the client's address; invalid on unix sockets.
func (r *request) remote() netip.AddrPort {
	if r.client != nil {
		return *r.client
	}
	return r.conn.remote
}

// main is the client's own request.
func (r *request) main() *request {
	for r.parent != nil {
		r = r.parent
	}
	return r
}

// leaveAll does what is to do when the request is done.
func (r *request) leaveAll() {
	for _, leave := range slices.Backward(r.leave) {
		leave()
	}
	r.leave = nil
}

// setVar sets a variable of the configuration.
func (r *request) setVar(name, value string) {
	if r.sets == nil {
		r.sets = map[string]string{}
	}
	r.sets[name] = value
}
