package front

import (
	"bufio"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// proxy is proxy_pass with what it alone has (ngx_http_proxy_module.c).
type proxy struct {
	*pass
	uri       string // the part of the address behind host and port
	hasURI    bool
	host      string // $proxy_host
	address   string // of the peer, or the name of an upstream
	port      string
	variable  bool // the address holds variables, and is taken as it comes
	https     bool
	prefix    string // of the location, which the URI takes the place of
	minor     int    // of HTTP/1
	method    *text
	setBody   *text
	redirects []proxyRedirect
	domains   []cookieRewrite
	paths     []cookieRewrite
}

// defaultProxyHeaders are sent unless proxy_set_header sets them.
var defaultProxyHeaders = []struct{ name, value string }{{"Host", "$proxy_host"}, {"Connection", "close"}}

// ownProxyHeaders are never passed on as the client sent them.
var ownProxyHeaders = []string{"host", "connection", "content-length", "transfer-encoding", "te", "keep-alive", "expect", "upgrade"}

func newProxyPass(c *config, l *location, n *site.Node) handler {
	x := &proxy{pass: c.newPass(l, "proxy"), minor: 0}
	address := n.Arg(0)
	x.variable = strings.Contains(address, "$")
	x.target = c.text(address)
	if !x.variable {
		x.parse(address)
		u, err := x.group(&request{conf: c}, x.address, x.standardPort())
		if err != nil {
			c.fail(n, "%v", err)
			return nil
		}
		x.fixed = u
	}
	if strings.HasPrefix(strings.ToLower(address), "https://") {
		x.https = true
		x.pass.secure = c.secureUpstream(l, "proxy")
	}
	if l.of != nil {
		switch l.of.Kind {
		case site.Prefix, site.PrefixNoRegex, site.Exact:
			x.prefix = l.of.Pattern
		}
	}
	if c.word(l.Scope, "proxy_http_version", "1.0") == "1.1" {
		x.minor = 1
	}
	x.method = c.optional(l.Scope, "proxy_method")
	x.setBody = c.optional(l.Scope, "proxy_set_body")
	c.proxyHeaders(l, x)
	c.proxyRewrites(l, x)
	return x.serve
}

// parse takes an address apart: scheme, host, URI.
func (x *proxy) parse(address string) {
	lower := strings.ToLower(address)
	x.port = "80"
	switch {
	case strings.HasPrefix(lower, "https://"):
		address, x.port, x.https = address[8:], "443", true
	case strings.HasPrefix(lower, "http://"):
		address = address[7:]
	}
	host := address
	if strings.HasPrefix(address, "unix:") {
		path, uri, ok := strings.Cut(address[5:], ":")
		host = "unix:" + path
		x.uri, x.hasURI = uri, ok && uri != ""
		x.host = "localhost"
		x.address = host
		return
	}
	if i := strings.IndexAny(address, "/?"); i >= 0 {
		host, x.uri, x.hasURI = address[:i], address[i:], true
		if x.uri[0] == '?' {
			x.uri = "/" + x.uri
		}
	}
	x.host, x.address = host, host
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		x.port = host[i+1:]
	}
}

func (x *proxy) standardPort() int {
	if x.https {
		return 443
	}
	return 80
}

func (c *config) proxyHeaders(l *location, x *proxy) {
	set := map[string]bool{}
	for _, n := range c.all(l.Scope, "proxy_set_header") {
		set[strings.ToLower(n.Arg(0))] = true
		x.params = append(x.params, passParam{name: n.Arg(0), value: c.text(n.Arg(1))})
	}
	for _, h := range defaultProxyHeaders {
		if !set[strings.ToLower(h.name)] {
			x.params = append(x.params, passParam{name: h.name, value: c.text(h.value)})
		}
	}
}

func (x *proxy) serve(r *request) (*response, int) {
	now := *x
	if x.variable {
		now.parse(x.target.eval(r))
	}
	r.setVar("\x00proxy_host", now.host)
	r.setVar("\x00proxy_port", now.port)
	u, err := now.group(r, now.address, now.standardPort())
	if err != nil {
		r.logError("%v", err)
		return nil, http.StatusInternalServerError
	}
	return now.run(r, u, func(e *exchange) error { return now.writeHead(r, e, u) }, func(e *exchange) (*response, error) { return now.readHTTP(r, e) })
}

// requestURI is the target that the upstream is asked for.
func (x *proxy) requestURI(r *request) string {
	switch {
	case x.variable && x.hasURI:
		return x.uri
	case !x.hasURI:
		if !r.internal && r.parent == nil {
			return r.target
		}
		return withArgs(escape(r.path), r.args)
	}
	rest := strings.TrimPrefix(r.path, x.prefix)
	return withArgs(x.uri+escape(rest), r.args)
}

func withArgs(path, args string) string {
	if args == "" {
		return path
	}
	return path + "?" + args
}

func (x *proxy) writeHead(r *request, e *exchange, u *upstream) error {
	method := r.method
	if x.method != nil {
		method = x.method.eval(r)
	}
	w := bufio.NewWriter(e.conn)
	w.WriteString(method + " " + x.requestURI(r) + " HTTP/1." + strconv.Itoa(x.minor) + "\r\n")
	set := map[string]bool{}
	for i := range x.params {
		name := x.params[i].name
		set[strings.ToLower(name)] = true
		if v := x.params[i].value.eval(r); v != "" {
			w.WriteString(name + ": " + v + "\r\n")
		}
	}
	body := ""
	switch {
	case x.setBody != nil:
		body = x.setBody.eval(r)
		w.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	case !x.passBody || set["content-length"]:
	case r.bodyRead != nil && (r.length != 0 || r.bodyRead.size > 0):
		w.WriteString("Content-Length: " + strconv.FormatInt(r.bodyRead.size, 10) + "\r\n")
	case r.length > 0:
		w.WriteString("Content-Length: " + strconv.FormatInt(r.length, 10) + "\r\n")
	case r.length < 0:
		w.WriteString("Transfer-Encoding: chunked\r\n")
	}
	if v, ok := r.header("content-length"); ok && r.length == 0 && !set["content-length"] && x.setBody == nil {
		w.WriteString("Content-Length: " + v + "\r\n")
	}
	if x.passHead {
		for _, h := range r.headers {
			name := strings.ToLower(h.name)
			if set[name] || slices.Contains(ownProxyHeaders, name) {
				continue
			}
			w.WriteString(h.name + ": " + h.value + "\r\n")
		}
	}
	w.WriteString("\r\n" + body)
	return w.Flush()
}
