package front

import (
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
)

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
