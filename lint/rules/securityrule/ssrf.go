package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// SSRF reports passes whose server the client chooses.
var SSRF = &lint.Rule{
	ID:       "nginx-ssrf",
	Severity: diag.Error,
	Summary:  "the client chooses the server that nginx sends the request to",
	Page:     page("nginx-ssrf"),
	Check:    checkSSRF,
}

func checkSSRF(p *lint.Pass) {
	for _, c := range p.Nginx {
		t := newTracer(c)
		servers := map[*site.Scope]*site.Server{}
		for _, s := range c.Servers {
			servers[s.Scope] = s
		}
		for _, name := range passNames {
			for _, n := range c.Find(name) {
				if n.Row == nil || !strings.Contains(n.Arg(0), "$") || restricted(n.Scope) || template(n.Arg(0)) && !strings.Contains(n.Arg(0), "${") {
					continue
				}
				if r, ok := t.choosesScheme(n); ok {
					reportChosen(p, n, r)
					continue
				}
				host := hostPart(n.Arg(0))
				for _, r := range references(host) {
					if t.startsPath(n, host[:r.start], r.name) {
						break
					}
					if t.checkedBefore(n, r.name) || !t.chosen(n, r.name, fixedEnd(host[r.end:]), servers[n.Scope.Enclosing(directive.Server)], 0) {
						continue
					}
					reportChosen(p, n, r)
					break
				}
			}
		}
	}
}

func reportChosen(p *lint.Pass, n *site.Node, r reference) {
	p.Report(diag.Diagnostic{
		Location: n.Location(1),
		Message:  diag.T("the client chooses the server through $%s", r.name),
		Why:      diag.T("nginx fetches what only this machine reaches: http://127.0.0.1:8001/, 169.254.169.254 (the keys of a cloud server), the database's port"),
		Help:     diag.T("name the servers: `map $%s $backend { default \"\"; known 10.0.0.5:8000; }`, and refuse the rest", r.name),
	})
}

// choosesScheme tells whether the client writes what stands before ://, with
// which it can write a server of its own as well.
func (t *tracer) choosesScheme(n *site.Node) (reference, bool) {
	scheme, _, ok := strings.Cut(n.Arg(0), "://")
	if !ok {
		return reference{}, false
	}
	for _, r := range references(scheme) {
		if t.chosen(n, r.name, true, nil, 0) && !t.checkedBefore(n, r.name) {
			return r, true
		}
	}
	return reference{}, false
}

// hostPart returns the part of a pass that says which server it goes to, and
// what variables may follow it.
func hostPart(value string) string {
	if i := strings.Index(value, "://"); i >= 0 {
		value = value[i+3:]
	}
	if i := strings.IndexAny(value, "/?"); i >= 0 {
		return value[:i]
	}
	return value
}

// startsPath tells whether a variable that follows other text begins the path:
// it starts with a slash, or what stands before it ends with a port.
func (t *tracer) startsPath(n *site.Node, before, name string) bool {
	if before == "" {
		return false
	}
	if i := strings.LastIndexByte(before, ':'); i >= 0 && i < len(before)-1 && !strings.HasSuffix(before, "]") {
		return true // http://backend:8000$1: nothing but digits may follow
	}
	switch name {
	case "uri", "document_uri", "request_uri", "is_args", "args", "query_string":
		return true
	}
	sources := t.sources(n, name)
	for _, s := range sources {
		if s.tree == nil || !slashed(s.tree.Groups[s.group]) {
			return false
		}
	}
	return len(sources) > 0
}

// slashed tells whether everything that a piece matches starts with a slash, or
// is empty.
func slashed(n *pcre.Node) bool {
	switch n.Op {
	case pcre.OpSet:
		c, ok := n.Literal()
		return ok && c == '/'
	case pcre.OpConcat:
		for _, s := range n.Subs {
			if s.Op != pcre.OpAssert && s.Op != pcre.OpLook {
				return slashed(s)
			}
		}
		return true
	case pcre.OpAlternate:
		for _, s := range n.Subs {
			if !slashed(s) {
				return false
			}
		}
		return true
	case pcre.OpRepeat, pcre.OpCapture, pcre.OpGroup, pcre.OpAtomic:
		return slashed(n.Subs[0])
	}
	return false
}

// fixedEnd tells whether a domain follows a variable in the name of a server.
func fixedEnd(rest string) bool {
	if i := strings.IndexByte(rest, ':'); i >= 0 {
		rest = rest[:i]
	}
	return strings.HasPrefix(rest, ".") && !strings.Contains(rest, "$") && len(rest) > 2 || strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "_")
}

// checkedBefore tells whether an if of the place compares the variable first.
func (t *tracer) checkedBefore(n *site.Node, name string) bool {
	for s := n.Scope; s != nil; s = s.Parent {
		if s.Opener != nil && s.Opener.Name.Value == "if" && mentions(s.Opener, name) {
			return true
		}
		if t.asks(s, name) {
			return true
		}
		if s.Context&directive.Server != 0 {
			return false
		}
	}
	return false
}

func mentions(o *site.Node, name string) bool {
	for _, a := range o.Args {
		for _, r := range references(a.Value) {
			if r.name == name {
				return true
			}
		}
	}
	return false
}

// clientPrefixes start the names of variables that hold what a client sends.
var clientPrefixes = []string{"arg_", "http_", "cookie_"}

// chosen tells whether a client can make a variable name any server. fixed
// says that a domain follows it, which only a slash or the like gets rid of.
func (t *tracer) chosen(n *site.Node, name string, fixed bool, server *site.Server, hops int) bool {
	if hops > maxHops {
		return false
	}
	for _, s := range t.sources(n, name) {
		switch {
		case s.builtin != "":
			for _, prefix := range clientPrefixes {
				if strings.HasPrefix(s.builtin, prefix) {
					return true
				}
			}
			switch s.builtin {
			case "uri", "document_uri", "request_uri", "args", "query_string", "request_body", "request":
				return true
			case "host":
				if !fixed && server != nil && server.Opener != nil && !hasName(server) {
					return true
				}
			}
		case s.tree != nil:
			if s.subject == "$host" || s.subject == "$server_name" {
				continue // nginx looked the name up first
			}
			for _, c := range []byte("/?") {
				if s.tree.CanHold(s.group, c) {
					return true
				}
			}
			if !fixed && (s.tree.CanHold(s.group, '.') || s.tree.CanHold(s.group, ':')) {
				return !listed(s)
			}
		default:
			for _, r := range references(s.value) {
				if t.chosen(s.at, r.name, fixed || fixedEnd(s.value[r.end:]), server, hops+1) {
					return true
				}
			}
		}
	}
	return false
}

// listed tells whether a group can only take words that are written out.
func listed(s source) bool {
	words := s.tree.Groups[s.group].Words()
	return len(words) > 0
}
