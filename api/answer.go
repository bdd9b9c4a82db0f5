package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// passes are the directives that hand a request on.
var passes = []string{"uwsgi_pass", "proxy_pass", "fastcgi_pass", "scgi_pass", "grpc_pass"}

// maxHops bounds how many internal redirects of try_files are followed, as
// nginx does (NGX_HTTP_MAX_URI_CHANGES).
const maxHops = 10

// answer works out what the server does with a request for a path.
func (c *Covered) answer(uri string) {
	if n := first(c.Server.Scope, "return"); n != nil {
		c.returned(n)
		return
	}
	for hop := range maxHops {
		found := c.Server.Finder().Find(uri)
		c.Location = found.Location
		if hop == 0 {
			c.limit(c.scope())
		}
		if found.BadRequest {
			c.Outcome, c.Why = Refused, diag.T("nginx answers 400: it does not take the path")
			return
		}
		if found.Redirect != "" {
			c.Outcome, c.Why = Redirected, diag.T("nginx redirects to %s", found.Redirect)
			return
		}
		if uri = c.decide(); uri == "" {
			break
		}
	}
	if c.Missed() && c.Outcome != TooLarge && c.Outcome != MethodRefused && c.rewritten() {
		c.Outcome, c.Why = Unclear, diag.T("a rewrite or an if decides, which is not followed")
	}
}

// scope returns the scope whose directives hold.
func (c *Covered) scope() *site.Scope {
	if c.Location != nil {
		return c.Location.Scope
	}
	return c.Server.Scope
}

// rewritten tells that directives which are not followed may lead elsewhere.
func (c *Covered) rewritten() bool {
	return first(c.Server.Scope, "rewrite", "if", "rewrite_by_lua_block", "js_content") != nil ||
		first(c.scope(), "rewrite", "if", "content_by_lua_block", "js_content", "perl") != nil
}

// decide works out what the location does; it returns the path that the request
// goes on to inside nginx, if it does.
func (c *Covered) decide() string {
	s := c.scope()
	if n := first(s, "return"); n != nil {
		c.returned(n)
		return ""
	}
	if c.refusedMethod(s) || c.denied(s) {
		return ""
	}
	if n := first(s, passes...); n != nil {
		c.handed(s, n, diag.T("%s %s", n.Name.Value, n.Arg(0)))
		return ""
	}
	if n := first(s, "try_files"); n != nil {
		c.Decides = n
		last := n.Arg(len(n.Args) - 1)
		switch {
		case strings.HasPrefix(last, "@"):
			if named := c.named(last); named != nil {
				if n := first(named, passes...); n != nil {
					c.handed(named, n, diag.T("try_files leads to %s", last))
					return ""
				}
			}
		case strings.HasSuffix(last, ".html") || strings.HasSuffix(last, ".htm"):
			c.Outcome, c.Why = Fallback, diag.T("try_files answers with %s, the page of the front end", last)
			return ""
		case strings.HasPrefix(last, "/") && !strings.Contains(last, "$"):
			c.Outcome, c.Why = Files, diag.T("try_files looks for a file, and ends with %s", last)
			uri, _, _ := strings.Cut(last, "?")
			return uri
		}
		c.Outcome, c.Why = Files, diag.T("try_files looks for a file, and ends with %s", last)
		return ""
	}
	if named := c.missing(s); named != nil {
		if n := first(named, passes...); n != nil {
			c.handed(named, n, diag.T("error_page leads to %s", named.Opener.Arg(0)))
			return ""
		}
	}
	for _, name := range []string{"alias", "root"} {
		if nodes := s.Effective(name); len(nodes) > 0 {
			c.Decides = nodes[0]
			c.Outcome, c.Why = Files, diag.T("nginx looks for a file: %s %s", name, nodes[0].Arg(0))
			return ""
		}
	}
	c.Outcome, c.Why = Files, diag.T("nginx looks for a file in its own folder html")
	return ""
}

// first returns the first of some directives that stands in a scope.
func first(s *site.Scope, names ...string) *site.Node {
	for _, name := range names {
		if nodes := s.Here(name); len(nodes) > 0 {
			return nodes[0]
		}
	}
	return nil
}

// handed notes that the request goes on to the application.
func (c *Covered) handed(s *site.Scope, pass *site.Node, why diag.Text) {
	c.Decides, c.Outcome, c.Why = pass, Reached, why
	protocol := strings.TrimSuffix(pass.Name.Value, "_pass")
	if nodes := s.Effective(protocol + "_read_timeout"); len(nodes) > 0 {
		c.ReadTimeout = nodes[0].Arg(0)
	}
	c.tooLarge()
}

func (c *Covered) returned(n *site.Node) {
	c.Decides = n
	code, err := strconv.Atoi(n.Arg(0))
	switch {
	case err != nil || code >= 300 && code < 400:
		c.Outcome, c.Why = Redirected, diag.T("return %s", strings.TrimSpace(n.Arg(0)+" "+n.Arg(1)))
	case code == 444:
		c.Outcome, c.Why = Refused, diag.T("nginx closes the connection: return 444")
	case code >= 400:
		c.Outcome, c.Why = Refused, diag.T("nginx answers %d", code)
	default:
		c.Outcome, c.Why = Files, diag.T("nginx itself answers %d", code)
	}
}

// refusedMethod looks at limit_except, which lets HEAD through where GET is
// named (ngx_http_core_limit_except).
func (c *Covered) refusedMethod(s *site.Scope) bool {
	n := first(s, "limit_except")
	if n == nil || n.Body == nil {
		return false
	}
	for _, a := range n.Args {
		if strings.EqualFold(a.Value, c.Method) || c.Method == "HEAD" && strings.EqualFold(a.Value, "GET") {
			return false
		}
	}
	rules := n.Body.Here("deny")
	if len(rules) == 0 || rules[0].Arg(0) != "all" || len(n.Body.Here("allow")) > 0 {
		return false
	}
	c.Decides = n
	c.Outcome, c.Why = MethodRefused, diag.T("limit_except answers %s with 403", c.Method)
	return true
}

// denied looks at rules that let nobody in.
func (c *Covered) denied(s *site.Scope) bool {
	if nodes := s.Effective("internal"); len(nodes) > 0 {
		c.Decides = nodes[0]
		c.Outcome, c.Why = Refused, diag.T("the location is internal: clients get 404")
		return true
	}
	rules := s.Effective("deny")
	if len(rules) == 0 || rules[0].Arg(0) != "all" || len(s.Effective("allow")) > 0 {
		return false
	}
	if slices.ContainsFunc(s.Effective("satisfy"), func(n *site.Node) bool { return n.Arg(0) == "any" }) {
		return false
	}
	c.Decides = rules[0]
	c.Outcome, c.Why = Refused, diag.T("nginx answers 403: deny all")
	return true
}

// defaultBody is client_max_body_size when nothing sets it, in bytes.
const defaultBody = 1 << 20

// limit reads client_max_body_size. nginx holds the length of a body against
// that of the first location, before try_files leads to another one
// (ngx_http_core_find_config_phase).
func (c *Covered) limit(s *site.Scope) {
	c.BodyLimit = defaultBody
	if nodes := s.Effective("client_max_body_size"); len(nodes) > 0 {
		c.limits = nodes[0]
		c.BodyLimit, _ = value.Offset(nodes[0].Arg(0))
	}
}

// tooLarge compares the contract's bodies with the limit. An upload of no said
// size is held against the default only: who wrote a limit chose it.
func (c *Covered) tooLarge() {
	switch {
	case c.BodyLimit <= 0:
	case c.Body > c.BodyLimit:
		c.Outcome, c.Why = TooLarge, diag.T("the contract lets bodies of %d bytes through, and nginx answers 413 above %d", c.Body, c.BodyLimit)
	case c.Upload && c.limits == nil:
		c.Outcome, c.Why = TooLarge, diag.T("the contract takes files of any size, and nginx answers 413 above %d bytes, its default", c.BodyLimit)
	}
	if c.Outcome == TooLarge {
		c.Decides = c.limits
	}
}

// named returns the named location of the server.
func (c *Covered) named(name string) *site.Scope {
	for _, l := range c.Server.Locations {
		if l.Kind == site.Named && l.Pattern == name {
			return l.Scope
		}
	}
	return nil
}

// missing returns the named location that error_page 404 leads to.
func (c *Covered) missing(s *site.Scope) *site.Scope {
	for _, n := range s.Effective("error_page") {
		last := n.Arg(len(n.Args) - 1)
		if strings.HasPrefix(last, "@") && slices.ContainsFunc(n.Args[:len(n.Args)-1], func(w nginx.Word) bool { return w.Value == "404" }) {
			return c.named(last)
		}
	}
	return nil
}
