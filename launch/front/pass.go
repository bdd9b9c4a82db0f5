package front

import (
	"strings"
	"time"

	"github.com/deployctl/deployctl/nginx/site"
)

// pass is what proxy_pass and uwsgi_pass have in common
// (ngx_http_upstream.c); names are those of the directives without the prefix.
type pass struct {
	prefix      string // proxy or uwsgi
	target      *text  // the address, or the upstream's name
	fixed       *upstream
	params      []passParam
	passHead    bool // the client's headers are passed on
	passBody    bool
	connectIn   time.Duration
	sendIn      time.Duration
	readIn      time.Duration
	headSize    int
	buffering   bool
	spool       bool // request_buffering
	next        map[string]bool
	tries       int
	nextIn      time.Duration
	intercept   bool
	ignoreAbort bool // a client that leaves does not end the request
	hidden      map[string]bool
	ignored     map[string]bool
	secure      *secureUpstream // nil for plain connections
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
		intercept: c.flag(s, prefix+"_intercept_errors", false), ignoreAbort: c.flag(s, prefix+"_ignore_client_abort", false), hidden: map[string]bool{}, ignored: map[string]bool{},
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

// The directives that make content.
func init() {
	contentHandlers["uwsgi_pass"] = newUwsgiPass
	contentHandlers["proxy_pass"] = newProxyPass
	contentHandlers["stub_status"] = func(_ *config, _ *location, _ *site.Node) handler { return stubStatus }
	contentHandlers["empty_gif"] = func(_ *config, _ *location, _ *site.Node) handler { return emptyGIF }
}
