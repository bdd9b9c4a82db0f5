package securityrule

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// whole tells whether nothing that surrounds or completes the configuration is
// missing: what it does not say is said nowhere.
func whole(c *site.Config) bool {
	return c.Root.Context == directive.Main && c.HTTP != nil && len(c.Tree.Problems) == 0
}

// open tells whether a scope may hold more than is read: the outermost one of
// a fragment, or one with an include that could not be followed.
func open(s *site.Scope) bool { return s.Opener == nil || len(s.Here("include")) > 0 }

// template tells whether a word holds what another program will replace.
func template(word string) bool {
	return strings.Contains(word, "${") || strings.Contains(word, "{{") || strings.Contains(word, "{%") || strings.Contains(word, "<%")
}

// known tells whether a word means what it says.
func known(word string) bool { return word != "" && !strings.Contains(word, "$") && !template(word) }

// word returns the argument of the directive in force, "" when there is none.
func word(s *site.Scope, name string) string {
	if nodes := s.Effective(name); len(nodes) > 0 {
		return nodes[len(nodes)-1].Arg(0)
	}
	return ""
}

// last returns the directive in force, or nil.
func last(s *site.Scope, name string) *site.Node {
	if nodes := s.Effective(name); len(nodes) > 0 {
		return nodes[len(nodes)-1]
	}
	return nil
}

// speaksTLS tells whether a server answers TLS on some address.
func speaksTLS(s *site.Server) bool {
	return slices.ContainsFunc(s.Listens, func(l site.Listen) bool { return l.SSL || l.QUIC })
}

// onlyTLS tells whether it answers nothing else.
func onlyTLS(s *site.Server) bool {
	return len(s.Listens) > 0 && !slices.ContainsFunc(s.Listens, func(l site.Listen) bool { return !l.SSL && !l.QUIC })
}

// public tells whether a server can be reached from outside: some address of
// it is neither a socket nor one of this machine or a private network.
func public(s *site.Server) bool {
	return slices.ContainsFunc(s.Listens, func(l site.Listen) bool {
		return l.Unix == "" && l.Host != "localhost" && !private(strings.Trim(l.Host, "[]"))
	})
}

// private tells whether an address belongs to this machine or to a network
// that the internet does not lead to (RFC 1918, 3927, 4193, 4291, 6598).
func private(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.Is4() && netip.MustParsePrefix("100.64.0.0/10").Contains(a)
}

// passNames hand a request on.
var passNames = []string{"proxy_pass", "uwsgi_pass", "fastcgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"}

// handlerNames answer a request themselves, so that no file is served.
var handlerNames = []string{
	"stub_status", "empty_gif", "api", "status", "js_content", "perl", "content_by_lua", "content_by_lua_block", "content_by_lua_file",
	"vhost_traffic_status_display", "rtmp_stat", "echo", "mirror",
}

// hands tells whether a location hands its requests on.
func hands(s *site.Scope) bool {
	return slices.ContainsFunc(passNames, func(name string) bool { return len(s.Here(name)) > 0 })
}

// servesFiles tells whether a location, or a server outside of its locations,
// answers with the files of its folder.
func servesFiles(s *site.Scope) bool {
	if hands(s) || len(s.Here("return")) > 0 || len(s.Effective("internal")) > 0 {
		return false
	}
	if slices.ContainsFunc(handlerNames, func(name string) bool { return len(s.Here(name)) > 0 }) {
		return false
	}
	for _, n := range s.Here("try_files") {
		// Without the path of the request it names fixed files.
		if !slices.ContainsFunc(n.Args, func(a wordOf) bool { return strings.Contains(a.Value, "$") }) {
			return false
		}
	}
	return !denied(s)
}

// denied tells whether the first rule of access refuses everybody.
func denied(s *site.Scope) bool {
	rules := s.AccessLines()
	return rules != nil && rules.Access == site.RefusesAll
}

// restricted tells whether somebody is kept out of a place: by address,
// password, certificate, a subrequest or a token.
func restricted(s *site.Scope) bool {
	rules := s.AccessLines()
	if rules != nil && rules.Access != site.LetsIn || len(s.Effective("internal")) > 0 {
		return true
	}
	if rules != nil && word(s, "satisfy") == "any" {
		return false // the address is enough
	}
	for _, name := range []string{"auth_basic", "auth_request", "auth_jwt", "auth_pam", "auth_ldap", "auth_digest", "access_by_lua_block", "access_by_lua_file", "js_access"} {
		if value := word(s, name); value != "" && value != "off" {
			return true
		}
	}
	for _, name := range []string{"access_by_lua_block", "if"} {
		// What an if decides cannot be known; one in such a place mostly asks for an address or a token.
		if len(s.Here(name)) > 0 {
			return true
		}
	}
	if verify := word(s, "ssl_verify_client"); verify == "on" {
		return true
	}
	return false
}

// folder returns the folder that the files of a location come from, cleaned,
// and the directive that says so; false when it cannot be known. The URI below
// the location's pattern is appended to it. Files of a regular expression come
// from below its root.
func folder(l *site.Location) (dir string, at *site.Node, ok bool) {
	if n := last(l.Scope, "alias"); n != nil && n.Scope == l.Scope {
		if l.Kind == site.Regex || l.Kind == site.RegexNoCase || !known(n.Arg(0)) {
			return "", n, false
		}
		return path.Clean(n.Arg(0)), n, path.IsAbs(n.Arg(0))
	}
	n := last(l.Scope, "root")
	if n == nil || !known(n.Arg(0)) || !path.IsAbs(n.Arg(0)) || last(l.Scope, "alias") != nil {
		return "", n, false
	}
	switch l.Kind {
	case site.Prefix, site.PrefixNoRegex, site.Exact:
		return path.Join(n.Arg(0), l.Pattern), n, true
	case site.Regex, site.RegexNoCase:
		return path.Clean(n.Arg(0)), n, true
	}
	return "", n, false
}

// scopeOf returns the scope that answers: the location's, or the server's own.
func scopeOf(r site.Result) *site.Scope {
	if r.Location != nil {
		return r.Location.Scope
	}
	return r.Server.Scope
}
