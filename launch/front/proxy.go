package front

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// proxy is proxy_pass with what it alone has (ngx_http_proxy_module.c).
type proxy struct {
	*pass
	address   string // as written
	fixed     proxyTarget
	set       map[string]bool // the names of params, and of what is never passed on, in lower case
	ownLength bool            // proxy_set_header sets Content-Length
	variable  bool            // the address holds variables, and is taken as it comes
	location  string          // whose prefix the URI takes the place of
	minor     int             // of HTTP/1
	method    *text
	body      *text
	redirects []proxyRedirect
	domains   []cookieRewrite
	paths     []cookieRewrite
	flags     []cookieFlags
}

// proxyTarget is an address of proxy_pass taken apart.
type proxyTarget struct {
	secure  bool
	host    string // $proxy_host
	port    string // $proxy_port
	address string // of the peer, or the name of an upstream
	uri     string // what stands behind host and port
}

// parseTarget takes an address apart; false for one without a known scheme.
func parseTarget(address string) (proxyTarget, bool) {
	t := proxyTarget{port: "80"}
	lower := strings.ToLower(address)
	switch {
	case len(lower) > len("http://") && strings.HasPrefix(lower, "http://"):
		address = address[len("http://"):]
	case len(lower) > len("https://") && strings.HasPrefix(lower, "https://"):
		address, t.port, t.secure = address[len("https://"):], "443", true
	default:
		return t, false
	}
	if strings.HasPrefix(address, "unix:") {
		path, uri, _ := strings.Cut(address[len("unix:"):], ":")
		t.host, t.port, t.address, t.uri = "localhost", "", "unix:"+path, uri
		return t, true
	}
	t.host = address
	if i := strings.IndexAny(address, "/?"); i >= 0 {
		t.host, t.uri = address[:i], address[i:]
	}
	t.address = t.host
	if i := strings.LastIndexByte(t.host, ':'); i > strings.LastIndexByte(t.host, ']') {
		t.port = t.host[i+1:]
	}
	return t, true
}

func (t *proxyTarget) standardPort() int {
	if t.secure {
		return 443
	}
	return 80
}

func (t *proxyTarget) schema() string {
	if t.secure {
		return "https://"
	}
	return "http://"
}

func newProxyPass(c *config, l *location, n *site.Node) handler {
	x := &proxy{pass: c.newPass(l, "proxy"), address: n.Arg(0), variable: strings.Contains(n.Arg(0), "$")}
	x.target = c.text(x.address)
	if !x.variable {
		var ok bool
		if x.fixed, ok = parseTarget(x.address); !ok {
			c.fail(n, "invalid URL prefix")
			return nil
		}
		if err := x.pass.fix(c, x.fixed.address, x.fixed.standardPort()); err != nil {
			c.fail(n, "%v", err)
			return nil
		}
	}
	if x.variable || x.fixed.secure {
		x.secure = c.secureUpstream(l, "proxy")
	}
	if l.of != nil {
		switch l.of.Kind {
		case site.Prefix, site.PrefixNoRegex, site.Exact:
			x.location = l.of.Pattern
		}
	}
	if c.word(l.Scope, "proxy_http_version", "1.0") == "1.1" {
		x.minor, x.chunks = 1, true
	}
	x.method = c.optional(l.Scope, "proxy_method")
	x.body = c.optional(l.Scope, "proxy_set_body")
	x.ownBody = x.body != nil
	c.proxyHeaders(l, x)
	c.proxyRewrites(l, x)
	return x.serve
}

// proxyDefaults are sent unless proxy_set_header sets them.
var proxyDefaults = []struct{ name, value string }{{"Host", "$proxy_host"}, {"Connection", "close"}}

// proxyOwn are never passed on as the client sent them.
var proxyOwn = []string{"host", "connection", "content-length", "transfer-encoding", "te", "keep-alive", "expect", "upgrade"}

func (c *config) proxyHeaders(l *location, x *proxy) {
	x.set = map[string]bool{}
	for _, n := range c.all(l.Scope, "proxy_set_header") {
		x.set[strings.ToLower(n.Arg(0))] = true
		x.params = append(x.params, passParam{name: n.Arg(0), value: c.text(n.Arg(1))})
	}
	for _, h := range proxyDefaults {
		if !x.set[strings.ToLower(h.name)] {
			x.params = append(x.params, passParam{name: h.name, value: c.text(h.value)})
		}
	}
	x.ownLength = x.set["content-length"]
	for _, name := range proxyOwn {
		x.set[name] = true
	}
}

func (x *proxy) serve(r *request) (*response, int) {
	target := x.fixed
	if x.variable {
		var ok bool
		address := x.target.eval(r)
		if target, ok = parseTarget(address); !ok {
			r.logError("invalid URL prefix in %q", address)
			return nil, http.StatusInternalServerError
		}
		if strings.HasPrefix(target.uri, "?") {
			target.uri = "/" + target.uri
		}
	}
	r.setVar("\x00proxy_host", target.host)
	r.setVar("\x00proxy_port", target.port)
	u, status := x.group(r, target.address, target.standardPort())
	if status != 0 {
		return nil, status
	}
	p := x.pass
	if !target.secure && p.secure != nil {
		plain := *p
		plain.secure = nil
		p = &plain
	}
	method := r.method
	if x.method != nil {
		method = x.method.eval(r)
	}
	uri := x.requestURI(r, target.uri)
	return p.run(r, u, dialect{
		host: target.host, schema: target.schema(), uri: uri,
		write: func() ([]byte, bool) { return x.head(r, method, uri), true },
		read: func(e *exchange) (*response, error) {
			return x.readHead(r, e, strings.EqualFold(method, http.MethodHead))
		},
	})
}

// requestURI is the target that the upstream is asked for, given the URI of the
// address (ngx_http_proxy_create_request).
func (x *proxy) requestURI(r *request, uri string) string {
	switch {
	case x.variable && uri != "":
		return uri
	case uri == "" && !r.ownURI:
		return r.unparsed
	}
	rest := r.path
	if r.brokenURI {
		uri = ""
	} else if uri != "" {
		rest = strings.TrimPrefix(rest, x.location)
	}
	if path, _, _ := strings.Cut(r.unparsed, "?"); r.internal || strings.Contains(path, "%") {
		rest = escape(rest)
	}
	if r.args != "" {
		rest += "?" + r.args
	}
	return uri + rest
}

// bodyLength is the length of the body in bytes, as far as it is known; -1
// where there is none. A subrequest has no body, but the length of the one that
// it was made for (headers_in.content_length_n).
func (r *request) bodyLength() int64 {
	if r.bodyRead != nil && (r.length < 0 || r.refused) {
		return r.bodyRead.size
	}
	if v, ok := r.header("content-length"); ok && r.length >= 0 {
		n, _ := strconv.ParseInt(v, 10, 64)
		return n
	}
	return -1
}

// head writes the head of the request, and the body that the configuration puts
// in the place of the client's.
func (x *proxy) head(r *request, method, uri string) []byte {
	b := make([]byte, 0, 1024)
	b = append(b, method+" "+uri+" HTTP/1."+strconv.Itoa(x.minor)+"\r\n"...)
	for i := range x.params {
		if v := x.params[i].value.eval(r); v != "" {
			b = appendField(b, x.params[i].name, v)
		}
	}
	body := ""
	if x.body != nil {
		body = x.body.eval(r)
	}
	switch length := r.bodyLength(); {
	case x.ownLength:
	case x.body != nil:
		b = appendField(b, "Content-Length", strconv.Itoa(len(body)))
	case length >= 0:
		b = appendField(b, "Content-Length", strconv.FormatInt(length, 10))
	case r.length < 0:
		b = appendField(b, "Transfer-Encoding", "chunked")
	}
	if x.passHead {
		for _, h := range r.headers {
			if !x.set[strings.ToLower(h.name)] {
				b = appendField(b, h.name, h.value)
			}
		}
	}
	b = append(b, "\r\n"...)
	return append(b, body...)
}

// readHead reads the head of a response. One without a status line is taken for
// HTTP/0.9, and goes to the client as it is.
func (x *proxy) readHead(r *request, e *exchange, head bool) (*response, error) {
	out := &response{length: -1}
	first, err := readStatusLine(e.reader)
	switch {
	case err == errNoStatus:
		e.log("error", "upstream sent no valid HTTP/1.0 header while reading response header from upstream")
		r.major, r.closing = 0, true
		out.status, out.stream = http.StatusOK, io.NopCloser(e.reader)
		return out, nil
	case err != nil:
		return nil, err
	}
	out.status, out.statusLine, out.keep = first.status, first.text, first.minor > 0
	if out.headers, err = readFields(e.reader, x.headSize, first.size); err != nil {
		return nil, err
	}
	if _, asked := r.header("upgrade"); asked && out.status == http.StatusSwitchingProtocols {
		out.switched(e)
		return out, nil
	}
	out.frame(e, head)
	x.rewrite(r, out)
	return out, nil
}
