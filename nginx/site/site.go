package site

import (
	"iter"
	"strings"
	"sync"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
)

// Config is the meaning of one nginx configuration: a main file or a fragment,
// with everything it includes.
type Config struct {
	Tree *nginx.Config
	// Root is the outermost scope: Main for a whole configuration, another
	// context for a fragment such as a file of sites-available (HTTP).
	Root *Scope
	// HTTP is the http block (or Root, for a fragment that belongs in it); nil
	// when there is none.
	HTTP      *Scope
	Servers   []*Server // of http, in reading order
	Upstreams map[string]*Upstream
	// Variables maps a name, lower case and without its $, to everything that
	// defines it: set, map, geo, split_clients, captures and the like.
	Variables map[string][]*Node
	// Cut is where reading ended because the configuration comes to more
	// directives, includes followed, than are kept; nil for any real one.
	Cut *diag.Location

	byName map[string][]*Node

	indexOnce sync.Once
	index     *index
	regexes   regexes
}

// Node is a directive at one place of the configuration. A file that is
// included twice gives two nodes for each of its directives.
type Node struct {
	*nginx.Directive
	File  *nginx.File // where it is written
	Scope *Scope      // where it stands once includes are followed
	Body  *Scope      // the scope that its block opens; nil without a block
	// Row is the table's row for this place; nil when the directive is
	// unknown, stands in a wrong context, or is an entry of a map or the like.
	Row *directive.Row
}

// Scope is a block's content, includes followed.
type Scope struct {
	Context directive.Context
	// Access is what the scope's own allow and deny lines decide.
	Access Access
	Opener *Node // the directive whose block it is; nil for the outermost
	Parent *Scope
	Nodes  []*Node // in reading order, without include directives that were followed

	byName map[string][]*Node // of a scope with many nodes
}

// Server is one server block of http.
type Server struct {
	*Scope
	Listens   []Listen // with nginx's implied *:80 when none is written
	Names     []Name   // with the implied "" when none is written
	Locations []*Location

	regexes    *regexes
	finderOnce sync.Once
	finder     *Finder
}

// Listen is one address of a server.
type Listen struct {
	Node     *Node // nil for the implied one
	Unix     string
	Host     string // "*" for all IPv4 addresses, "[::]" for all IPv6 ones
	Port     int
	Default  bool
	SSL      bool
	HTTP2    bool
	QUIC     bool
	ProxyPro bool
}

// NameKind is the form of a server name.
type NameKind uint8

// The forms of server names, in the order in which nginx tries them.
const (
	ExactName        NameKind = iota
	LeadingWildcard           // *.example.com, and .example.com
	TrailingWildcard          // www.example.*
	RegexName                 // ~^www\d+
)

// Name is one server name.
type Name struct {
	Node  *Node // nil for the implied one
	Word  int   // which argument of Node
	Kind  NameKind
	Value string // lower case, as written
}

// LocationKind is the modifier of a location.
type LocationKind uint8

// The kinds of locations.
const (
	Prefix        LocationKind = iota // location /x
	PrefixNoRegex                     // location ^~ /x
	Exact                             // location = /x
	Regex                             // location ~ x
	RegexNoCase                       // location ~* x
	Named                             // location @x
)

// Location is one location block.
type Location struct {
	*Scope
	Kind      LocationKind
	Pattern   string // without the modifier; with the @ for a named one
	Server    *Server
	Outer     *Location // the location it is nested in, or nil
	Locations []*Location
}

// Upstream is one upstream block of http.
type Upstream struct {
	*Scope
	Name    string
	Servers []UpstreamServer
}

// UpstreamServer is one member of an upstream.
type UpstreamServer struct {
	Node    *Node
	Address string // as written
	Weight  int
	Backup  bool
	Down    bool
}

// Find returns every place where the directive stands, in reading order.
func (c *Config) Find(name string) []*Node { return c.byName[name] }

// Here returns the directives of that name that stand in this very scope.
func (s *Scope) Here(name string) []*Node {
	if s.byName != nil {
		return s.byName[name]
	}
	var found []*Node
	for _, n := range s.Nodes {
		if n.Name.Value == name {
			found = append(found, n)
		}
	}
	return found
}

// Effective returns the directives of that name that are in force in the scope:
// those of the nearest scope, outward, that has any. For a directive that takes
// one value the list holds one node unless the configuration is broken; array
// directives (add_header, uwsgi_param, ...) are replaced as a whole, as nginx does.
func (s *Scope) Effective(name string) []*Node {
	for ; s != nil; s = s.Parent {
		if found := s.Here(name); found != nil {
			return found
		}
	}
	return nil
}

// First returns the first of some directives whose first argument is a name,
// such as a header's, without regard to case; nil when there is none.
func First(nodes []*Node, name string) *Node {
	for _, n := range nodes {
		if arg := n.Arg(0); len(arg) == len(name) && strings.EqualFold(arg, name) {
			return n
		}
	}
	return nil
}

// Enclosing returns the nearest scope of one of the contexts, s itself included, or nil.
func (s *Scope) Enclosing(contexts directive.Context) *Scope {
	for s != nil && s.Context&contexts == 0 {
		s = s.Parent
	}
	return s
}

// Location returns the place of a word: 0 is the name, 1 the first argument.
func (n *Node) Location(word int) diag.Location {
	span := n.Name.Span()
	if word > 0 && word <= len(n.Args) {
		span = n.Args[word-1].Span()
	}
	return diag.Location{File: n.File.File, Span: span}
}

// Head returns the place of the name with its arguments.
func (n *Node) HeadLocation() diag.Location {
	return diag.Location{File: n.File.File, Span: n.Head()}
}

// All yields every directive of the configuration in reading order, each
// before the content of its block.
func (c *Config) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { c.Root.all(yield) }
}

func (s *Scope) all(yield func(*Node) bool) bool {
	for _, n := range s.Nodes {
		if !yield(n) || n.Body != nil && !n.Body.all(yield) {
			return false
		}
	}
	return true
}
