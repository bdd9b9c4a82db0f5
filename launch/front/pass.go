package front

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// pass is what proxy_pass and uwsgi_pass have in common
// (ngx_http_upstream.c); names are those of the directives without the prefix.
type pass struct {
	target      *text     // the address, or the upstream's name
	fixed       *upstream // nil where the target holds variables
	params      []passParam
	passHead    bool // the client's headers are passed on
	passBody    bool
	ownBody     bool // the body is that of the configuration
	chunks      bool // a body whose length is not known may be passed on
	connectIn   time.Duration
	sendIn      time.Duration
	readIn      time.Duration
	headSize    int  // bytes of the first buffer, which has to hold the head
	buffering   bool // the answer is passed on when a buffer is full
	bufferSize  int  // bytes of the other buffers
	spool       bool // request_buffering
	next        map[string]bool
	tries       int
	nextIn      time.Duration
	intercept   bool
	ignoreAbort bool // a client that leaves does not end the request
	forceRanges bool
	hidden      map[string]bool
	ignored     map[string]bool
	secure      *secureUpstream // nil for plain connections
	resolves    bool            // there is a resolver for names in the target
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
		passHead: c.flag(s, prefix+"_pass_request_headers", true), passBody: c.flag(s, prefix+"_pass_request_body", true),
		connectIn: c.duration(s, prefix+"_connect_timeout", time.Minute), sendIn: c.duration(s, prefix+"_send_timeout", time.Minute),
		readIn: c.duration(s, prefix+"_read_timeout", time.Minute), headSize: c.size(s, prefix+"_buffer_size", 4<<10),
		spool: c.flag(s, prefix+"_request_buffering", true), next: map[string]bool{},
		tries: c.number(s, prefix+"_next_upstream_tries", 0), nextIn: c.duration(s, prefix+"_next_upstream_timeout", 0),
		intercept: c.flag(s, prefix+"_intercept_errors", false), ignoreAbort: c.flag(s, prefix+"_ignore_client_abort", false),
		forceRanges: c.flag(s, prefix+"_force_ranges", false),
		hidden:      map[string]bool{}, ignored: map[string]bool{}, resolves: c.one(s, "resolver") != nil,
	}
	p.buffering, p.bufferSize = c.flag(s, prefix+"_buffering", true), 4<<10
	if n := c.one(s, prefix+"_buffers"); n != nil {
		size, _ := value.Size(n.Arg(1))
		p.bufferSize = max(1, int(size))
	}
	if n := c.one(s, prefix+"_next_upstream"); n != nil {
		for _, a := range n.Args {
			p.next[a.Value] = true
		}
	} else {
		p.next["error"], p.next["timeout"] = true, true
	}
	for _, n := range c.all(s, prefix+"_ignore_headers") {
		for _, a := range n.Args {
			p.ignored[strings.ToLower(a.Value)] = true
		}
	}
	always := []string{"x-accel-expires", "x-accel-redirect", "x-accel-limit-rate", "x-accel-buffering", "x-accel-charset"}
	if prefix == "proxy" {
		always = append(always, "date", "server", "x-pad", "status")
	}
	for _, name := range always {
		p.hidden[name] = true
	}
	for _, n := range c.all(s, prefix+"_pass_header") {
		delete(p.hidden, strings.ToLower(n.Arg(0)))
	}
	for _, n := range c.all(s, prefix+"_hide_header") {
		p.hidden[strings.ToLower(n.Arg(0))] = true
	}
	return p
}

// direct tells that a request's body is passed on as it comes, and not read as a
// whole before.
func (p *pass) direct(r *request) bool {
	return !p.spool && p.passBody && !p.ownBody && (r.length >= 0 || p.chunks)
}

// fix sets the target where it holds no variables.
func (p *pass) fix(c *config, address string, port int) error {
	if p.fixed = c.upstreams[address]; p.fixed != nil {
		return nil
	}
	peers, err := newPeers(address, port)
	if err != nil {
		return err
	}
	p.fixed = newUpstream(address)
	p.fixed.peers = peers
	return nil
}

// group returns the upstream that an address means; a status other than 0 ends
// the request. Names that variables hold need a resolver
// (ngx_http_upstream_init_request).
func (p *pass) group(r *request, address string, port int) (*upstream, int) {
	if p.fixed != nil {
		return p.fixed, 0
	}
	if u := r.conf.upstreams[address]; u != nil {
		return u, 0
	}
	peers, err := newPeers(address, port)
	if err != nil {
		r.logError("%v", err)
		return nil, http.StatusInternalServerError
	}
	if a, _ := value.ParseAddress(address, value.AddressUse{}); a.Unix == "" {
		switch {
		case a.Port == 0 && port == 0:
			r.logError("no port in upstream %q", address)
			return nil, http.StatusInternalServerError
		case !p.resolves && !numeric(a.Host):
			r.logError("no resolver defined to resolve %s", a.Host)
			return nil, http.StatusBadGateway
		}
	}
	if r.front.options.Home {
		for _, peer := range peers {
			peer.home()
		}
	}
	u := newUpstream(address)
	u.peers = peers
	return u, 0
}

// home makes a peer on another machine the same port of this one.
func (p *peer) home() {
	host, port, err := net.SplitHostPort(p.address)
	if ip, _ := netip.ParseAddr(host); p.network != "tcp" || err != nil || ip.IsLoopback() {
		return
	}
	p.address = net.JoinHostPort("127.0.0.1", port)
	p.shown = p.address
}

// numeric tells whether a host is an address, and no name.
func numeric(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

// The directives that make content.
func init() {
	contentHandlers["uwsgi_pass"] = newUwsgiPass
	contentHandlers["proxy_pass"] = newProxyPass
	contentHandlers["stub_status"] = func(_ *config, _ *location, _ *site.Node) handler { return stubStatus }
	contentHandlers["empty_gif"] = func(_ *config, _ *location, _ *site.Node) handler { return emptyGIF }
}
