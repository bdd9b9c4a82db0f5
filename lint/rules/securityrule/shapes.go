package securityrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// every returns the finder of a directive, wherever it stands; a flag that is
// off does not count.
func every(name string) func(*site.Config) []*site.Node {
	return func(c *site.Config) []*site.Node {
		return keep(c.Find(name), func(n *site.Node) bool { return n.Arg(0) != "off" && n.Row != nil })
	}
}

// words1 returns the finder of a directive with a word.
func words1(name, word string) func(*site.Config) []*site.Node {
	return func(c *site.Config) []*site.Node {
		return keep(c.Find(name), func(n *site.Node) bool { return slices.Contains(words(n), word) })
	}
}

// listens returns the finder of the first listen of http with one of the
// parameters: more of them would say the same again.
func listens(parameters ...string) func(*site.Config) []*site.Node {
	return func(c *site.Config) []*site.Node {
		return first(c.Find("listen"), func(n *site.Node) bool {
			return n.Scope.Context == directive.Server && slices.ContainsFunc(parameters, func(p string) bool { return slices.Contains(words(n), p) })
		})
	}
}

func keep(nodes []*site.Node, ok func(*site.Node) bool) []*site.Node {
	var found []*site.Node
	for _, n := range nodes {
		if ok(n) {
			found = append(found, n)
		}
	}
	return found
}

func first(nodes []*site.Node, ok func(*site.Node) bool) []*site.Node {
	if i := slices.IndexFunc(nodes, ok); i >= 0 {
		return nodes[i : i+1]
	}
	return nil
}

func http2Servers(c *site.Config) []*site.Node {
	if found := listens("http2")(c); found != nil {
		return found
	}
	return first(c.Find("http2"), func(n *site.Node) bool { return n.Arg(0) == "on" })
}

// hasNumber tells whether a value names a capture such as $1.
func hasNumber(value string) bool {
	return slices.ContainsFunc(references(value), func(r reference) bool { return r.name[0] >= '1' && r.name[0] <= '9' })
}

// staleArguments finds a rewrite with ? and without a flag, after which a set,
// if or rewrite of the same place names a capture.
func staleArguments(c *site.Config) []*site.Node {
	var found []*site.Node
	seen := map[*site.Scope]bool{}
	for _, r := range c.Find("rewrite") {
		if seen[r.Scope] {
			continue
		}
		seen[r.Scope] = true
		named := false // a later one names a capture
		for _, n := range slices.Backward(r.Scope.Nodes) {
			switch n.Name.Value {
			case "set", "rewrite", "if":
				if named && n.Name.Value == "rewrite" && len(n.Args) == 2 && strings.Contains(n.Arg(1), "?") && !leadsAway(n) {
					found = append(found, n)
				}
				named = named || slices.ContainsFunc(n.Args, func(a wordOf) bool { return hasNumber(a.Value) })
			}
		}
	}
	return found
}

// overlappingCaptures finds a rewrite that names a group and one inside it, in
// a redirect or after ?.
func overlappingCaptures(c *site.Config) []*site.Node {
	return keep(c.Find("rewrite"), func(n *site.Node) bool {
		_, arguments, hasArguments := strings.Cut(n.Arg(1), "?")
		value := n.Arg(1)
		if !leadsAway(n) {
			if !hasArguments {
				return false
			}
			value = arguments
		}
		tree, err := pcre.Parse(n.Arg(0), false)
		if err != nil {
			return false
		}
		named := map[int]bool{}
		for _, r := range references(value) {
			if r.name[0] >= '1' && r.name[0] <= '9' {
				named[int(r.name[0]-'0')] = true
			}
		}
		for outer := range named {
			if outer >= len(tree.Groups) || tree.Groups[outer] == nil {
				continue
			}
			for inner := range named {
				if inner != outer && inner < len(tree.Groups) && tree.Groups[inner] != nil &&
					tree.Groups[inner].Start > tree.Groups[outer].Start && tree.Groups[inner].End <= tree.Groups[outer].End {
					return true
				}
			}
		}
		return false
	})
}

// captureBeforeMap finds a value that names a capture and then the variable of
// a map whose keys are expressions.
func captureBeforeMap(c *site.Config) []*site.Node {
	regexMaps := map[string]bool{}
	for _, m := range c.Find("map") {
		if m.Body != nil && slices.ContainsFunc(m.Body.Nodes, func(e *site.Node) bool { return strings.HasPrefix(e.Name.Value, "~") }) {
			regexMaps[strings.ToLower(strings.TrimPrefix(m.Arg(1), "$"))] = true
		}
	}
	if len(regexMaps) == 0 {
		return nil
	}
	var found []*site.Node
	for n := range c.All() {
		if n.Scope.Context == directive.Entries {
			continue
		}
		for _, a := range n.Args {
			capture := false
			for _, r := range references(a.Value) {
				if r.name[0] >= '1' && r.name[0] <= '9' {
					capture = true
				} else if capture && regexMaps[r.name] {
					found = append(found, n)
					break
				}
			}
		}
	}
	return found
}

// filenameAfterRewrite finds a location with alias in which $request_filename
// is asked after a rewrite.
func filenameAfterRewrite(c *site.Config) []*site.Node {
	return keep(c.Find("alias"), func(alias *site.Node) bool {
		rewritten := false
		for _, n := range alias.Scope.Nodes {
			switch n.Name.Value {
			case "rewrite":
				rewritten = rewritten || !leadsAway(n)
			case "if", "set":
				if rewritten && mentions(n, "request_filename") {
					return true
				}
			}
		}
		return false
	})
}

func aliasTryFiles(c *site.Config) []*site.Node {
	return keep(c.Find("try_files"), func(n *site.Node) bool { return len(n.Scope.Here("alias")) > 0 })
}

func caches(c *site.Config) []*site.Node {
	for _, name := range []string{"proxy_cache", "uwsgi_cache", "fastcgi_cache", "scgi_cache"} {
		if found := first(c.Find(name), func(n *site.Node) bool { return n.Arg(0) != "off" }); found != nil {
			return found
		}
	}
	return nil
}

func slicesWithCaptures(c *site.Config) []*site.Node {
	var found []*site.Node
	for _, name := range []string{"slice", "proxy_cache_background_update", "uwsgi_cache_background_update", "fastcgi_cache_background_update", "scgi_cache_background_update"} {
		found = append(found, keep(c.Find(name), func(n *site.Node) bool {
			return n.Arg(0) != "off" && n.Arg(0) != "0" && n.Row != nil && slices.ContainsFunc(n.Scope.Nodes, func(o *site.Node) bool {
				return slices.ContainsFunc(o.Args, func(a wordOf) bool { return hasNumber(a.Value) })
			})
		})...)
	}
	return found
}

func davWithAlias(c *site.Config) []*site.Node {
	return keep(c.Find("dav_methods"), func(n *site.Node) bool {
		methods := words(n)
		return (slices.Contains(methods, "COPY") || slices.Contains(methods, "MOVE")) && len(n.Scope.Here("alias")) > 0
	})
}

func errorPageRedirects(c *site.Config) []*site.Node {
	return keep(c.Find("error_page"), func(n *site.Node) bool { return len(n.Args) > 1 && strings.Contains(n.Arg(len(n.Args)-1), "://") })
}

// sharedClientCertificates finds servers that ask for a client's certificate
// and share an address with others.
func sharedClientCertificates(c *site.Config) []*site.Node {
	type address struct {
		unix, host string
		port       int
	}
	count := map[address]int{}
	for _, s := range c.Servers {
		for _, l := range s.Listens {
			count[address{l.Unix, l.Host, l.Port}]++
		}
	}
	var found []*site.Node
	for _, s := range c.Servers {
		verify := s.Here("ssl_verify_client")
		if len(verify) == 0 || verify[0].Arg(0) == "off" {
			continue
		}
		for _, l := range s.Listens {
			if l.Node != nil && count[address{l.Unix, l.Host, l.Port}] > 1 {
				found = append(found, verify[0])
				break
			}
		}
	}
	return found
}

func tlsUpstreams(c *site.Config) []*site.Node {
	var found []*site.Node
	for _, p := range []struct{ name, scheme string }{{"proxy_pass", "https://"}, {"uwsgi_pass", "suwsgi://"}, {"grpc_pass", "grpcs://"}} {
		found = append(found, keep(c.Find(p.name), func(n *site.Node) bool { return strings.HasPrefix(strings.ToLower(n.Arg(0)), p.scheme) })...)
	}
	return found
}

// largeHeadersToHTTP2 finds passes over HTTP/2 with buffers above 2 MiB and
// invalid headers let through.
func largeHeadersToHTTP2(c *site.Config) []*site.Node {
	return keep(c.Find("large_client_header_buffers"), func(n *site.Node) bool {
		size := strings.ToLower(n.Arg(1))
		if !strings.HasSuffix(size, "m") || size == "1m" || size == "2m" {
			return false
		}
		return word(n.Scope, "ignore_invalid_headers") == "off" && (len(c.Find("grpc_pass")) > 0 || len(words1("proxy_http_version", "2")(c)) > 0)
	})
}

func convertsUTF8(c *site.Config) []*site.Node {
	return keep(c.Find("source_charset"), func(n *site.Node) bool {
		charset := strings.ToLower(word(n.Scope, "charset"))
		return strings.EqualFold(n.Arg(0), "utf-8") && charset != "" && charset != "off" && charset != "utf-8"
	})
}

func bodyToHTTP2(c *site.Config) []*site.Node {
	return keep(c.Find("proxy_set_body"), func(n *site.Node) bool { return word(n.Scope, "proxy_http_version") == "2" })
}

func ssiOfPasses(c *site.Config) []*site.Node {
	return keep(c.Find("ssi"), func(n *site.Node) bool { return n.Arg(0) == "on" && hands(n.Scope) })
}
