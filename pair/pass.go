package pair

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// passKind is what a directive that hands requests on speaks.
type passKind struct {
	name     string
	protocol Protocol
	// port is that of an address without one; 0 where nginx asks for it.
	port int
	// schemes are the prefixes that change protocol and port.
	schemes []scheme
	hasURI  bool
}

type scheme struct {
	prefix   string
	protocol Protocol
	port     int
}

// passKinds are the directives that hand requests on (the ngx_http_*_pass
// functions of nginx's http/modules).
var passKinds = []passKind{
	{"uwsgi_pass", UWSGI, 0, []scheme{{"uwsgi://", UWSGI, 0}, {"suwsgi://", SUWSGI, 0}}, false},
	{"proxy_pass", HTTP, 80, []scheme{{"http://", HTTP, 80}, {"https://", HTTPS, 443}}, true},
	{"fastcgi_pass", FastCGI, 0, nil, false},
	{"scgi_pass", SCGI, 0, nil, false},
	{"grpc_pass", GRPC, 80, []scheme{{"grpc://", GRPC, 80}, {"grpcs://", GRPC, 443}}, false},
}

// The limits that keep hostile files from costing more than a moment.
const (
	maxValues  = 64      // of one variable
	maxNesting = 4       // of variables in variables
	maxTargets = 200_000 // of all passes; each pass beyond keeps one
	// maxMembers is how many members of an upstream each pass to it has as
	// targets; the first pass has all.
	maxMembers = 64
)

// passReader finds the passes of one configuration.
type passReader struct {
	config  *site.Config
	left    int // targets that may still be made
	set     map[setKey][]*site.Node
	spread  map[*site.Upstream]bool // upstreams whose members are all targets already
	streams map[string]*site.Upstream
}

// setKey is a variable and the server that sets it; nil outside of servers.
type setKey struct {
	server *site.Scope
	name   string
}

func passes(c *site.Config) []*Pass {
	r := &passReader{config: c, left: maxTargets, spread: map[*site.Upstream]bool{}}
	var found []*Pass
	for _, kind := range passKinds {
		for _, n := range c.Find(kind.name) {
			if len(n.Args) > 0 {
				found = append(found, r.pass(n, kind))
			}
		}
	}
	return found
}

func (r *passReader) pass(n *site.Node, kind passKind) *Pass {
	p := &Pass{Node: n, Config: r.config, Protocol: kind.protocol}
	stream := n.Scope.Enclosing(directive.Stream|directive.StreamServer) != nil
	if stream {
		// A stream hands bytes on as they come.
		p.Protocol = ""
		kind = passKind{name: kind.name}
	}
	for _, v := range r.values(n, value{text: n.Arg(0), at: n.Location(1)}, 0) {
		r.target(p, kind, v, stream)
	}
	return p
}

// value is a text and where it is written.
type value struct {
	text string
	at   diag.Location
}

// values returns what a text with variables can stand for: the text itself
// where none of its variables has constant values.
func (r *passReader) values(n *site.Node, v value, depth int) []value {
	start := strings.IndexByte(v.text, '$')
	if start < 0 || depth == maxNesting {
		return []value{v}
	}
	name, rest := variable(v.text[start+1:])
	if name == "" {
		return []value{v}
	}
	var found []value
	for _, d := range r.definitions(n, strings.ToLower(name)) {
		d.text = v.text[:start] + d.text + rest
		for _, full := range r.values(n, d, depth+1) {
			if len(found) < maxValues {
				found = append(found, full)
			}
		}
	}
	if found == nil {
		return []value{v}
	}
	return found
}

// variable parts a text that follows a $ into the variable's name and the rest.
func variable(text string) (name, rest string) {
	if inner, ok := strings.CutPrefix(text, "{"); ok {
		name, rest, ok = strings.Cut(inner, "}")
		if !ok {
			return "", text
		}
		return name, rest
	}
	end := 0
	for end < len(text) && isNameByte(text[end]) {
		end++
	}
	return text[:end], text[end:]
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// definitions returns the values that set, map, geo and split_clients give a
// variable, as far as a pass can see them; nil when one of them is not known.
func (r *passReader) definitions(n *site.Node, name string) []value {
	if r.set == nil {
		r.set = map[setKey][]*site.Node{}
		for variable, nodes := range r.config.Variables {
			for _, d := range nodes {
				k := setKey{d.Scope.Enclosing(directive.Server), variable}
				r.set[k] = append(r.set[k], d)
			}
		}
	}
	server := n.Scope.Enclosing(directive.Server)
	nodes := r.set[setKey{server, name}]
	if server != nil {
		nodes = append(nodes[:len(nodes):len(nodes)], r.set[setKey{nil, name}]...)
	}
	var found []value
	for _, d := range nodes {
		switch d.Name.Value {
		case "set":
			found = append(found, value{d.Arg(1), d.Location(2)})
		case "map", "geo", "split_clients":
			if d.Body == nil {
				return nil
			}
			for _, e := range d.Body.Nodes {
				if len(found) == maxValues {
					break
				}
				if len(e.Args) == 1 && !isMapWord(d.Name.Value, e.Name.Value) {
					found = append(found, value{e.Arg(0), e.Location(1)})
				}
			}
		default:
			return nil // a capture, or another module's
		}
	}
	return found
}

// isMapWord tells whether a line in the block of a map or geo is a directive
// that gives no value.
func isMapWord(block, word string) bool {
	switch word {
	case "include":
		return true
	case "delete", "proxy", "ranges", "proxy_recursive":
		return block == "geo"
	}
	return false
}

// target adds what a value leads to: an address, or the members of the
// upstream that it names.
func (r *passReader) target(p *Pass, kind passKind, v value, stream bool) {
	text, port := v.text, kind.port
	for _, s := range kind.schemes {
		if rest, ok := cutPrefixFold(text, s.prefix); ok {
			text, port, p.Protocol = rest, s.port, s.protocol
			break
		}
	}
	host := text
	if kind.hasURI {
		if slash := strings.IndexAny(text, "/?"); slash >= 0 && !isUnix(text) {
			host = text[:slash]
		}
	}
	if u := r.upstream(host, stream); u != nil {
		if host != text {
			p.URI = text[len(host):]
		}
		members := u.Servers
		if r.spread[u] {
			members = members[:min(len(members), maxMembers)]
		}
		r.spread[u] = true
		for _, s := range members {
			e, _ := ParseTarget(s.Address, 80, false)
			r.add(p, &Target{Endpoint: e, Pass: p, At: s.Node.Location(1), Upstream: u})
		}
		return
	}
	e, uri := ParseTarget(text, port, kind.hasURI)
	if p.URI == "" {
		p.URI = uri
	}
	r.add(p, &Target{Endpoint: e, Pass: p, At: v.at})
}

func (r *passReader) add(p *Pass, t *Target) {
	if r.left > 0 || len(p.Targets) == 0 {
		r.left--
		p.Targets = append(p.Targets, t)
	}
}

func isUnix(text string) bool {
	_, ok := cutPrefixFold(text, "unix:")
	return ok
}

// upstream returns the upstream of a name, of the stream module's or http's.
func (r *passReader) upstream(name string, stream bool) *site.Upstream {
	if !stream {
		return r.config.Upstreams[name]
	}
	if r.streams == nil {
		r.streams = map[string]*site.Upstream{}
		for _, n := range r.config.Find("upstream") {
			if n.Body == nil || n.Scope.Context&directive.Stream == 0 {
				continue
			}
			u := &site.Upstream{Scope: n.Body, Name: n.Arg(0)}
			for _, s := range n.Body.Here("server") {
				u.Servers = append(u.Servers, site.UpstreamServer{Node: s, Address: s.Arg(0)})
			}
			r.streams[u.Name] = u
		}
	}
	return r.streams[name]
}
