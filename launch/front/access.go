package front

import (
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
)

// accessRule is one allow or deny.
type accessRule struct {
	allow  bool
	all    bool
	unix   bool
	prefix netip.Prefix
}

// limitExcept is a limit_except block.
type limitExcept struct {
	methods  []string
	location *location
}

func (l *limitExcept) allows(method string) bool {
	return slices.Contains(l.methods, method) || method == http.MethodHead && slices.Contains(l.methods, http.MethodGet)
}

// referers are those that valid_referers takes.
type referers struct {
	none, blocked, serverNames bool
	names                      []string // with wildcards, and a path behind them
	regexes                    []*pcre.Regexp
}

func (c *config) accessSettings(l *location, s *site.Scope) {
	l.accessRules = c.accessRules(s)
	l.satisfyAny = c.word(s, "satisfy", "all") == "any"
	c.authSettings(l, s)
	if n := c.here(s, "limit_except"); n != nil && n.Body != nil {
		inner := &location{Scope: n.Body, of: l.of, server: l.server}
		c.settings(inner, l)
		if inner.handler = c.handler(inner); inner.handler == nil {
			inner.handler = l.handler
		}
		e := &limitExcept{location: inner}
		for _, a := range n.Args {
			e.methods = append(e.methods, strings.ToUpper(a.Value))
		}
		l.limitExcept = e
	}
	if n := c.one(s, "valid_referers"); n != nil {
		l.referers = c.newReferers(n)
	}
}

// accessRules reads the rules of the nearest scope that has any: allow and deny
// are inherited together, in the order in which they stand.
func (c *config) accessRules(s *site.Scope) []accessRule {
	for ; s != nil; s = s.Parent {
		var rules []accessRule
		for _, n := range s.Nodes {
			name := n.Name.Value
			if name != "allow" && name != "deny" {
				continue
			}
			c.used[n] = true
			rule := accessRule{allow: name == "allow"}
			switch arg := n.Arg(0); arg {
			case "all":
				rule.all = true
			case "unix:":
				rule.unix = true
			default:
				p, ok := parsePrefix(arg)
				if !ok {
					c.fail(n, "invalid parameter %q", arg)
				}
				rule.prefix = p
			}
			rules = append(rules, rule)
		}
		if rules != nil {
			return rules
		}
	}
	return nil
}

// access is the access phase: 0 lets the request pass.
func (r *request) access() (*response, int) {
	if response, status := r.limit(); response != nil || status != 0 {
		return response, status
	}
	if r.sub {
		return nil, 0
	}
	checks := []struct {
		asked bool
		check func() int
	}{{len(r.loc.accessRules) > 0, r.checkAddress}, {r.loc.basic != nil, r.checkBasic}, {r.loc.subrequest != nil, r.checkSubrequest}}
	denied := 0
	for _, c := range checks {
		if !c.asked {
			continue
		}
		status := c.check()
		switch {
		case status == 0 && r.loc.satisfyAny:
			return nil, 0
		case status == 0:
		case !r.loc.satisfyAny, status != http.StatusForbidden && status != http.StatusUnauthorized:
			return r.denied(status)
		case denied != http.StatusUnauthorized:
			denied = status
		}
	}
	if denied == http.StatusForbidden {
		r.logError("access forbidden by rule")
	}
	return r.denied(denied)
}

// denied ends a request that may not pass, with what the client is asked for.
func (r *request) denied(status int) (*response, int) {
	if status != http.StatusUnauthorized || r.challenge == "" {
		return nil, status
	}
	page := r.finish(nil, status)
	if page != nil {
		page.set("WWW-Authenticate", r.challenge)
	}
	return page, 0
}

// checkAddress is allow and deny (ngx_http_access_module.c).
func (r *request) checkAddress() int {
	for _, rule := range r.loc.accessRules {
		address := r.remote()
		matches := rule.all || rule.unix && !address.IsValid() || !rule.unix && address.IsValid() && rule.prefix.IsValid() && rule.prefix.Contains(address.Addr().Unmap())
		if !matches {
			continue
		}
		if rule.allow {
			return 0
		}
		if !r.loc.satisfyAny {
			r.logError("access forbidden by rule")
		}
		return http.StatusForbidden
	}
	return 0
}

func (c *config) newReferers(n *site.Node) *referers {
	v := &referers{}
	for _, a := range n.Args {
		switch name := a.Value; {
		case name == "none":
			v.none = true
		case name == "blocked":
			v.blocked = true
		case name == "server_names":
			v.serverNames = true
		case strings.HasPrefix(name, "~"):
			v.regexes = append(v.regexes, c.regex(n, name[1:], true))
		default:
			v.names = append(v.names, strings.ToLower(name))
		}
	}
	return v
}

var afterScheme = regexp.MustCompile(`^(?i:https?)://`)

// invalidReferer is $invalid_referer (ngx_http_referer_module.c).
func invalidReferer(r *request) (string, bool) {
	v := r.loc.referers
	if v == nil {
		return "", true
	}
	referer, ok := r.header("referer")
	if !ok {
		if v.none {
			return "", true
		}
		return "1", true
	}
	at := afterScheme.FindStringIndex(referer)
	if at == nil {
		if v.blocked {
			return "", true
		}
		return "1", true
	}
	rest := referer[at[1]:]
	host, path, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	names := v.names
	if v.serverNames {
		for _, n := range r.server.Names {
			names = append(names[:len(names):len(names)], n.Value)
		}
	}
	for _, name := range names {
		name, prefix, _ := strings.Cut(name, "/")
		if hostMatches(name, host) && strings.HasPrefix(path, prefix) {
			return "", true
		}
	}
	for _, re := range v.regexes {
		if r.match(re, rest) {
			return "", true
		}
	}
	return "1", true
}

func hostMatches(pattern, host string) bool {
	switch {
	case strings.HasPrefix(pattern, "*."):
		return strings.HasSuffix(host, pattern[1:])
	case strings.HasPrefix(pattern, "."):
		return host == pattern[1:] || strings.HasSuffix(host, pattern)
	case strings.HasSuffix(pattern, ".*"):
		return strings.HasPrefix(host, pattern[:len(pattern)-1])
	}
	return pattern == host
}
