package front

import (
	"bufio"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
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

type proxyRedirect struct {
	from *text
	re   *pcre.Regexp
	to   *text
}

// cookieRewrite is one proxy_cookie_domain or proxy_cookie_path.
type cookieRewrite struct {
	from string
	re   *pcre.Regexp
	to   *text
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

func (c *config) proxyRewrites(l *location, x *proxy) {
	nodes := c.all(l.Scope, "proxy_redirect")
	if len(nodes) == 0 {
		x.defaultRedirect(c, l)
	}
	for _, n := range nodes {
		switch from := n.Arg(0); {
		case from == "off":
		case from == "default":
			x.defaultRedirect(c, l)
		case strings.HasPrefix(from, "~*"):
			x.redirects = append(x.redirects, proxyRedirect{re: c.regex(n, from[2:], true), to: c.text(n.Arg(1))})
		case strings.HasPrefix(from, "~"):
			x.redirects = append(x.redirects, proxyRedirect{re: c.regex(n, from[1:], false), to: c.text(n.Arg(1))})
		default:
			x.redirects = append(x.redirects, proxyRedirect{from: c.text(from), to: c.text(n.Arg(1))})
		}
	}
	x.domains = c.cookieRewrites(l.Scope, "proxy_cookie_domain")
	x.paths = c.cookieRewrites(l.Scope, "proxy_cookie_path")
}

// defaultRedirect replaces the upstream's own address by the location's prefix.
func (x *proxy) defaultRedirect(c *config, l *location) {
	if x.variable || l.of == nil {
		return
	}
	scheme := "http://"
	if x.https {
		scheme = "https://"
	}
	from, to := scheme+x.host+x.uri, x.prefix
	if !x.hasURI {
		from, to = scheme+x.host+"/", "/"
	}
	x.redirects = append(x.redirects, proxyRedirect{from: c.text(from), to: c.text(to)})
}

func (c *config) cookieRewrites(s *site.Scope, name string) []cookieRewrite {
	var list []cookieRewrite
	for _, n := range c.all(s, name) {
		from := n.Arg(0)
		switch {
		case from == "off":
		case strings.HasPrefix(from, "~*"):
			list = append(list, cookieRewrite{re: c.regex(n, from[2:], true), to: c.text(n.Arg(1))})
		case strings.HasPrefix(from, "~"):
			list = append(list, cookieRewrite{re: c.regex(n, from[1:], false), to: c.text(n.Arg(1))})
		default:
			list = append(list, cookieRewrite{from: from, to: c.text(n.Arg(1))})
		}
	}
	return list
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

// readHTTP reads the head of a response; informational ones are left out.
func (x *proxy) readHTTP(r *request, e *exchange) (*response, error) {
	for {
		out := &response{length: -1}
		if err := out.readStatus(e.reader); err != nil {
			return nil, err
		}
		var err error
		if out.headers, err = readHead(e.reader, x.headSize); err != nil {
			return nil, err
		}
		if out.status == http.StatusSwitchingProtocols {
			buffered, _ := e.reader.Peek(e.reader.Buffered())
			out.upgrade = &upgraded{e.conn, append([]byte(nil), buffered...)}
			out.stream = io.NopCloser(strings.NewReader(""))
			return out, nil
		}
		if out.status >= 100 && out.status < 200 {
			continue
		}
		out.frame(e, r.method == http.MethodHead)
		x.rewrite(r, out)
		return out, nil
	}
}

var statusLine = regexp.MustCompile(`^HTTP/(\d)\.(\d) (\d{3})(?: (.*))?$`)

// readStatus reads the status line.
func (p *response) readStatus(reader *bufio.Reader) error {
	line, err := reader.ReadString('\n')
	if err != nil {
		return err
	}
	m := statusLine.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
	if m == nil {
		return errBadHead
	}
	p.status, _ = strconv.Atoi(m[3])
	p.reason = m[4]
	p.keep = m[2] == "1"
	return nil
}

// frame finds out where the body of an upstream's response ends.
func (p *response) frame(e *exchange, head bool) {
	if v, ok := p.header("connection"); ok {
		p.keep = !strings.Contains(strings.ToLower(v), "close")
	}
	chunked := false
	if v, ok := p.header("transfer-encoding"); ok {
		chunked = strings.Contains(strings.ToLower(v), "chunked")
	}
	if v, ok := p.header("content-length"); ok && !chunked {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n >= 0 {
			p.length = n
		}
	}
	switch {
	case head || p.status == http.StatusNoContent || p.status == http.StatusNotModified:
		p.stream, p.framed = io.NopCloser(strings.NewReader("")), true
	case chunked:
		p.stream, p.framed = io.NopCloser(&chunkReader{r: e.reader}), true
	case p.length >= 0:
		p.stream, p.framed = io.NopCloser(&exactly{e.reader, p.length}), true
	default:
		p.stream = io.NopCloser(e.reader)
	}
}

// exactly reads so many bytes; an earlier end is an error.
type exactly struct {
	r    io.Reader
	left int64
}

func (x *exactly) Read(b []byte) (int, error) {
	if x.left == 0 {
		return 0, io.EOF
	}
	if int64(len(b)) > x.left {
		b = b[:x.left]
	}
	n, err := x.r.Read(b)
	x.left -= int64(n)
	if err == io.EOF && x.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// rewrite changes redirects and cookies of the upstream into those of nginx.
func (x *proxy) rewrite(r *request, out *response) {
	for i := range out.headers {
		h := &out.headers[i]
		switch strings.ToLower(h.name) {
		case "location", "refresh":
			h.value = x.redirected(r, h.value)
		case "set-cookie":
			h.value = x.cookie(r, h.value)
		}
	}
}

func (x *proxy) redirected(r *request, location string) string {
	for _, d := range x.redirects {
		to := ""
		switch {
		case d.re != nil:
			if !r.match(d.re, location) {
				continue
			}
			to = d.to.eval(r)
		default:
			rest, ok := strings.CutPrefix(location, d.from.eval(r))
			if !ok {
				continue
			}
			to = d.to.eval(r) + rest
		}
		return r.absolute(to)
	}
	return location
}

func (x *proxy) cookie(r *request, cookie string) string {
	if len(x.domains)+len(x.paths) == 0 {
		return cookie
	}
	parts := strings.Split(cookie, ";")
	for i, part := range parts[1:] {
		name, v, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			continue
		}
		switch strings.ToLower(name) {
		case "domain":
			v = rewriteCookie(r, x.domains, v, true)
		case "path":
			v = rewriteCookie(r, x.paths, v, false)
		default:
			continue
		}
		parts[i+1] = " " + name + "=" + v
	}
	return strings.Join(parts, ";")
}

// rewriteCookie changes a domain, which is compared as a whole, or a path,
// whose prefix is.
func rewriteCookie(r *request, rules []cookieRewrite, v string, whole bool) string {
	for _, rule := range rules {
		switch {
		case rule.re != nil:
			if r.match(rule.re, v) {
				return rule.to.eval(r)
			}
		case whole && strings.EqualFold(strings.TrimPrefix(rule.from, "."), strings.TrimPrefix(v, ".")):
			return rule.to.eval(r)
		case !whole && strings.HasPrefix(v, rule.from):
			return rule.to.eval(r) + v[len(rule.from):]
		}
	}
	return v
}
