package site

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
)

// maxNodes bounds the nodes of a configuration: files that include each other
// several times would otherwise multiply without end.
const maxNodes = 2 << 20

// manyNodes is the number of nodes above which a scope is indexed by name.
const manyNodes = 48

// New works out what a configuration means. ctx is the context of the main
// file's directives; 0 takes it from a `# deployctl:context http,server`
// comment, or from the content.
func New(tree *nginx.Config, ctx directive.Context) *Config {
	if ctx == 0 {
		ctx = Infer(tree.Main)
	}
	b := &builder{
		c: &Config{
			Tree:      tree,
			Upstreams: map[string]*Upstream{},
			Variables: map[string][]*Node{},
			byName:    map[string][]*Node{},
		},
		interned: make([][]*Node, directive.Names),
	}
	b.c.Root = &Scope{Context: ctx}
	if ctx == directive.HTTP {
		b.c.HTTP = b.c.Root
	}
	var server *Server
	var location *Location
	switch ctx {
	case directive.Server:
		server = &Server{Scope: b.c.Root}
		b.c.Servers = append(b.c.Servers, server)
	case directive.Location, directive.IfInLocation, directive.LimitExcept:
		location = &Location{Scope: b.c.Root, Pattern: "/"}
		server = &Server{Scope: b.c.Root, Locations: []*Location{location}}
		location.Server = server
		b.c.Servers = append(b.c.Servers, server)
	case directive.Upstream:
		b.c.Upstreams[""] = &Upstream{Scope: b.c.Root}
	}
	b.file(tree.Main, b.c.Root, server, location)
	for id, nodes := range b.interned {
		if nodes != nil {
			b.c.byName[directive.ID(id).Name()] = nodes
		}
	}
	for _, s := range b.c.Servers {
		s.regexes = &b.c.regexes
		s.finish()
	}
	return b.c
}

type builder struct {
	c        *Config
	count    int
	slab     []Node
	interned [][]*Node // Config.byName, for the names of the table
	pending  []*Node   // nodes of the scopes that are open
}

func (b *builder) node() *Node {
	if len(b.slab) == cap(b.slab) {
		b.slab = make([]Node, 0, 256)
	}
	b.slab = append(b.slab, Node{})
	return &b.slab[len(b.slab)-1]
}

// file adds a file's directives to a scope and closes the scope.
func (b *builder) file(f *nginx.File, s *Scope, server *Server, location *Location) {
	start := len(b.pending)
	b.nodes(f, f.Nodes, s, server, location)
	b.close(s, start)
}

// close gives a scope the nodes that were added since start.
func (b *builder) close(s *Scope, start int) {
	if own := b.pending[start:]; len(own) > 0 {
		s.Nodes = append(make([]*Node, 0, len(own)), own...)
		b.pending = b.pending[:start]
	}
	s.Access = access(s)
	// Inherited values are looked up in http from every location: a search
	// through thousands of servers each time would make that quadratic.
	if len(s.Nodes) > manyNodes {
		s.byName = map[string][]*Node{}
		for _, n := range s.Nodes {
			s.byName[n.Name.Value] = append(s.byName[n.Name.Value], n)
		}
	}
}

func (b *builder) nodes(f *nginx.File, nodes []nginx.Node, s *Scope, server *Server, location *Location) {
	for _, n := range nodes {
		d, ok := n.(*nginx.Directive)
		if !ok {
			continue
		}
		if b.count++; b.count > maxNodes {
			if b.c.Cut == nil {
				b.c.Cut = &diag.Location{File: f.File, Span: d.Head()}
			}
			return
		}
		if d.Name.Value == "include" {
			if files, ok := b.c.Tree.Included[d]; ok {
				for _, included := range files {
					b.nodes(included, included.Nodes, s, server, location)
				}
				continue
			}
		}
		b.directive(f, d, s, server, location)
	}
}

func (b *builder) directive(f *nginx.File, d *nginx.Directive, s *Scope, server *Server, location *Location) {
	n := b.node()
	n.Directive, n.File, n.Scope = d, f, s
	name := d.Name.Value
	if s.Context != directive.Entries {
		if id := directive.Find(name); id != directive.None {
			n.Row = id.In(s.Context)
			b.interned[id] = append(b.interned[id], n)
		} else {
			b.c.byName[name] = append(b.c.byName[name], n)
		}
		b.variables(n)
	}
	b.pending = append(b.pending, n)
	if d.Block == nil {
		return
	}
	body := &Scope{Context: s.Context.Opens(name), Opener: n, Parent: s}
	n.Body = body
	switch {
	case body.Context == directive.HTTP:
		if b.c.HTTP == nil {
			b.c.HTTP = body
		}
	case body.Context == directive.Server && name == "server":
		server, location = &Server{Scope: body}, nil
		b.c.Servers = append(b.c.Servers, server)
	case body.Context == directive.Location:
		location = b.location(body, server, location)
	case body.Context == directive.Upstream:
		u := &Upstream{Scope: body, Name: d.Arg(0)}
		defer u.finish()
		if b.c.Upstreams[u.Name] == nil {
			b.c.Upstreams[u.Name] = u
		}
	}
	start := len(b.pending)
	b.nodes(f, d.Block.Nodes, body, server, location)
	b.close(body, start)
}

// location makes a location of a block and hangs it where it belongs.
func (b *builder) location(body *Scope, server *Server, outer *Location) *Location {
	l := &Location{Scope: body, Server: server, Outer: outer}
	l.Kind, l.Pattern = parseLocation(body.Opener.Directive)
	switch {
	case outer != nil:
		outer.Locations = append(outer.Locations, l)
	case server != nil:
		server.Locations = append(server.Locations, l)
	default:
		// A fragment of locations: they belong to a server that is not here.
		server = &Server{Scope: body.Parent, Locations: []*Location{l}}
		l.Server = server
		b.c.Servers = append(b.c.Servers, server)
	}
	return l
}

// modifiers are those of a location, the longest first.
var modifiers = []struct {
	text string
	kind LocationKind
}{{"^~", PrefixNoRegex}, {"~*", RegexNoCase}, {"~", Regex}, {"=", Exact}}

// parseLocation reads a location's arguments; the modifier may stand alone or
// be glued to the pattern (ngx_http_core_location).
func parseLocation(d *nginx.Directive) (LocationKind, string) {
	if len(d.Args) >= 2 {
		for _, m := range modifiers {
			if d.Args[0].Value == m.text {
				return m.kind, d.Args[1].Value
			}
		}
		return Prefix, d.Args[1].Value
	}
	pattern := d.Arg(0)
	for _, m := range modifiers {
		if rest, ok := strings.CutPrefix(pattern, m.text); ok {
			return m.kind, rest
		}
	}
	if strings.HasPrefix(pattern, "@") {
		return Named, pattern
	}
	return Prefix, pattern
}

// variables notes the variables that a directive defines.
func (b *builder) variables(n *Node) {
	define := func(word string) {
		if name, ok := strings.CutPrefix(word, "$"); ok && name != "" {
			name = strings.ToLower(name)
			b.c.Variables[name] = append(b.c.Variables[name], n)
		}
	}
	switch n.Name.Value {
	case "set", "auth_request_set", "perl_set", "js_set", "js_var", "set_by_lua", "set_by_lua_block", "set_by_lua_file",
		"set_random", "set_escape_uri", "set_unescape_uri", "set_if_empty", "set_md5", "set_sha1", "set_encode_base64", "set_decode_base64", "set_hmac_sha1", "set_quote_sql_str", "set_formatted_local_time", "set_formatted_gmt_time", "set_misc_base32":
		define(n.Arg(0))
	case "map", "split_clients":
		define(n.Arg(1))
	case "geo":
		define(n.Arg(len(n.Args) - 1))
	case "geoip2":
		// $variable [default=value] [source=$variable] path ...: the entries define them.
		if n.Block != nil {
			for d := range nginx.Directives(n.Block.Nodes) {
				define(d.Name.Value)
			}
		}
	case "location", "server_name", "if", "rewrite", "map_hash_bucket_size":
		for _, a := range n.Args {
			for _, name := range captures(a.Value) {
				define("$" + name)
			}
		}
	}
	if n.Name.Value == "map" && n.Block != nil {
		for d := range nginx.Directives(n.Block.Nodes) {
			for _, name := range captures(d.Name.Value) {
				define("$" + name)
			}
		}
	}
}

// captures returns the names of a regular expression's named groups.
func captures(s string) []string {
	var names []string
	for {
		i := strings.Index(s, "(?")
		if i < 0 {
			return names
		}
		s = s[i+2:]
		rest := strings.TrimPrefix(s, "P")
		var end byte
		switch {
		case strings.HasPrefix(rest, "<") && len(rest) > 1 && rest[1] != '=' && rest[1] != '!':
			end = '>'
		case strings.HasPrefix(rest, "'"):
			end = '\''
		default:
			continue
		}
		if j := strings.IndexByte(rest[1:], end); j > 0 {
			names = append(names, rest[1:1+j])
		}
	}
}

// Infer returns the context that a file's directives are meant for: that of a
// `# deployctl:context` comment, else the outermost one in which most of them
// may stand.
func Infer(f *nginx.File) directive.Context {
	for _, n := range f.Nodes {
		c, ok := n.(*nginx.Comment)
		if !ok {
			continue
		}
		_, path, ok := strings.Cut(f.Text(c.Span), "deployctl:context ")
		if !ok {
			continue
		}
		if ctx, err := directive.ParseContext(strings.TrimSpace(path)); err == nil {
			return ctx
		}
	}
	candidates := []directive.Context{directive.Main, directive.HTTP, directive.Server, directive.Location, directive.Upstream, directive.Events, directive.Stream, directive.StreamServer, directive.Mail, directive.MailServer}
	best, most := directive.Main, 0
	known := 0
	fits := make([]int, len(candidates))
	for d := range nginx.Directives(f.Nodes) {
		rows := directive.Lookup(d.Name.Value)
		if rows == nil || d.Name.Value == "include" {
			continue
		}
		if d.Block != nil && (d.Name.Value == "http" || d.Name.Value == "events") {
			return directive.Main // whatever else has slipped out of its block
		}
		known++
		for i, ctx := range candidates {
			for _, r := range rows {
				if r.Contexts&(ctx|directive.Any) != 0 && r.Block == (d.Block != nil) {
					fits[i]++
					break
				}
			}
		}
	}
	for i, ctx := range candidates {
		if fits[i] > most {
			best, most = ctx, fits[i]
		}
	}
	if best == directive.HTTP && most == known && known > 0 {
		best = inner(f, best)
	}
	return best
}

// inner moves a fragment from http into server or location when it holds what
// only makes sense there: nothing but parameters of one request.
func inner(f *nginx.File, ctx directive.Context) directive.Context {
	params := 0
	for d := range nginx.Directives(f.Nodes) {
		switch d.Name.Value {
		case "uwsgi_param", "fastcgi_param", "scgi_param", "proxy_set_header":
			params++
		default:
			return ctx
		}
	}
	if params > 0 {
		return directive.Location
	}
	return ctx
}
