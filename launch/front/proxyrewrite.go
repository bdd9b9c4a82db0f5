package front

import (
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
)

// proxyRedirect is one proxy_redirect.
type proxyRedirect struct {
	from *text
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
		default:
			d := proxyRedirect{to: c.text(n.Arg(1))}
			if d.re = c.pattern(n, from); d.re == nil {
				d.from = c.text(from)
			}
			x.redirects = append(x.redirects, d)
		}
	}
	x.domains = c.cookieRewrites(l.Scope, "proxy_cookie_domain")
	x.paths = c.cookieRewrites(l.Scope, "proxy_cookie_path")
	x.flags = c.cookieFlags(l.Scope)
}

// pattern compiles the expression that a word with ~ or ~* holds; nil for
// another word.
func (c *config) pattern(n *site.Node, word string) *pcre.Regexp {
	if rest, ok := strings.CutPrefix(word, "~*"); ok {
		return c.regex(n, rest, true)
	}
	if rest, ok := strings.CutPrefix(word, "~"); ok {
		return c.regex(n, rest, false)
	}
	return nil
}

// defaultRedirect replaces the upstream's own address by the location's prefix.
func (x *proxy) defaultRedirect(c *config, l *location) {
	if x.variable || l.of == nil {
		return
	}
	from, to := x.address, x.location
	if x.fixed.uri == "" {
		from, to = from+"/", "/"
	}
	x.redirects = append(x.redirects, proxyRedirect{from: c.text(from), to: c.text(to)})
}

// rewrite changes redirects and cookies of the upstream into those of nginx.
func (x *proxy) rewrite(r *request, out *response) {
	for i := range out.headers {
		h := &out.headers[i]
		switch strings.ToLower(h.name) {
		case "location":
			if to, ok := x.redirected(r, h.value); ok {
				h.value = r.absolute(to)
			}
		case "refresh":
			if at := indexFold(h.value, "url="); at >= 0 {
				at += len("url=")
				if to, ok := x.redirected(r, h.value[at:]); ok {
					h.value = h.value[:at] + to
				}
			}
		case "set-cookie":
			h.value = x.cookie(r, h.value)
		}
	}
}

// indexFold is strings.Index without minding the case of ASCII letters.
func indexFold(s, lower string) int { return strings.Index(asciiLower(s), lower) }

// redirected is what the first proxy_redirect that knows a URL makes of it.
func (x *proxy) redirected(r *request, url string) (string, bool) {
	for _, d := range x.redirects {
		if d.re != nil {
			if r.match(d.re, url) {
				return d.to.eval(r), true
			}
			continue
		}
		if rest, ok := strings.CutPrefix(url, d.from.eval(r)); ok {
			return d.to.eval(r) + rest, true
		}
	}
	return "", false
}
