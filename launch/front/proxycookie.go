package front

import (
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
)

// cookieRewrite is one proxy_cookie_domain or proxy_cookie_path.
type cookieRewrite struct {
	from *text
	re   *pcre.Regexp
	to   *text
}

// cookieFlags is one proxy_cookie_flags.
type cookieFlags struct {
	name  *text
	re    *pcre.Regexp
	flags []*text
}

func (c *config) cookieRewrites(s *site.Scope, name string) []cookieRewrite {
	var list []cookieRewrite
	for _, n := range c.all(s, name) {
		from := n.Arg(0)
		if from == "off" {
			return nil
		}
		w := cookieRewrite{to: c.text(n.Arg(1))}
		if w.re = c.pattern(n, from); w.re == nil {
			if name == "proxy_cookie_domain" {
				from = strings.TrimPrefix(from, ".")
			}
			w.from = c.text(from)
		}
		list = append(list, w)
	}
	return list
}

func (c *config) cookieFlags(s *site.Scope) []cookieFlags {
	var list []cookieFlags
	for _, n := range c.all(s, "proxy_cookie_flags") {
		if n.Arg(0) == "off" {
			return nil
		}
		f := cookieFlags{}
		if f.re = c.pattern(n, n.Arg(0)); f.re == nil {
			f.name = c.text(n.Arg(0))
		}
		for _, a := range n.Args[1:] {
			f.flags = append(f.flags, c.text(a.Value))
		}
		list = append(list, f)
	}
	return list
}

// cookieAttribute is a part of a Set-Cookie header; the first is the cookie.
type cookieAttribute struct {
	name, value string
	valued      bool // there is a =
}

func (a cookieAttribute) String() string {
	if a.valued {
		return a.name + "=" + a.value
	}
	return a.name
}

// cookie changes what proxy_cookie_ directives name in a Set-Cookie header
// (ngx_http_proxy_rewrite_cookie).
func (x *proxy) cookie(r *request, cookie string) string {
	if len(x.domains)+len(x.paths)+len(x.flags) == 0 {
		return cookie
	}
	var parts []cookieAttribute
	for part := range strings.SplitSeq(cookie, ";") {
		name, value, valued := strings.Cut(part, "=")
		parts = append(parts, cookieAttribute{strings.Trim(name, " "), strings.Trim(value, " "), valued})
	}
	if !parts[0].valued {
		return cookie
	}
	changed := false
	for i := range parts[1:] {
		a := &parts[i+1]
		rules, whole := x.paths, false
		switch strings.ToLower(a.name) {
		case "domain":
			rules, whole = x.domains, true
		case "path":
		default:
			continue
		}
		if v, ok := rewriteCookie(r, rules, a.value, whole); ok && a.valued {
			a.value, changed = v, true
		}
	}
	parts, flagged := x.flag(r, parts)
	if !changed && !flagged {
		return cookie
	}
	words := make([]string, len(parts))
	for i, a := range parts {
		words[i] = a.String()
	}
	return strings.Join(words, "; ")
}

// rewriteCookie changes a domain, which is compared as a whole, or a path,
// whose prefix is.
func rewriteCookie(r *request, rules []cookieRewrite, v string, whole bool) (string, bool) {
	for _, rule := range rules {
		if rule.re != nil {
			if r.match(rule.re, v) {
				return rule.to.eval(r), true
			}
			continue
		}
		from := rule.from.eval(r)
		switch {
		case whole && strings.EqualFold(from, strings.TrimPrefix(v, ".")):
			return rule.to.eval(r), true
		case !whole && strings.HasPrefix(v, from):
			return rule.to.eval(r) + v[len(from):], true
		}
	}
	return "", false
}

// flag sets and removes flags as the first proxy_cookie_flags says that knows
// the cookie (ngx_http_proxy_rewrite_cookie_flags).
func (x *proxy) flag(r *request, parts []cookieAttribute) ([]cookieAttribute, bool) {
	for _, f := range x.flags {
		known := false
		if f.re != nil {
			known = r.match(f.re, parts[0].name)
		} else {
			known = strings.EqualFold(f.name.eval(r), parts[0].name)
		}
		if !known {
			continue
		}
		wanted := map[string]string{}
		for _, flag := range f.flags {
			if c, ok := cookieFlagWords[flag.eval(r)]; ok {
				wanted[c.name] = c.set
			}
		}
		for _, name := range []string{"Secure", "HttpOnly", "SameSite"} {
			if set, ok := wanted[name]; ok {
				parts = setFlag(parts, name, set)
			}
		}
		return parts, true
	}
	return parts, false
}

// cookieFlagWords are the words of proxy_cookie_flags: the attribute, and what
// takes its place, "" for nothing.
var cookieFlagWords = map[string]struct{ name, set string }{
	"secure": {"Secure", "Secure"}, "nosecure": {"Secure", ""},
	"httponly": {"HttpOnly", "HttpOnly"}, "nohttponly": {"HttpOnly", ""},
	"samesite=strict": {"SameSite", "SameSite=Strict"}, "samesite=lax": {"SameSite", "SameSite=Lax"}, "samesite=none": {"SameSite", "SameSite=None"},
	"nosamesite": {"SameSite", ""},
}

// setFlag puts an attribute in the place of the one of its name, or behind all
// others; "" removes it.
func setFlag(parts []cookieAttribute, name, set string) []cookieAttribute {
	word, value, valued := strings.Cut(set, "=")
	kept := parts[:1:1]
	for _, a := range parts[1:] {
		switch {
		case !strings.EqualFold(a.name, name):
		case set == "":
			continue
		default:
			a.value, a.valued = value, valued
			word = ""
		}
		kept = append(kept, a)
	}
	if word != "" {
		kept = append(kept, cookieAttribute{word, value, valued})
	}
	return kept
}
