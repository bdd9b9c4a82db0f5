package front

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// config is a configuration made ready to serve: every value read, every
// expression compiled.
type config struct {
	front     *Front
	site      *site.Config
	servers   map[*site.Server]*server
	locations map[*site.Scope]*location
	getters   map[string]getter
	formats   map[string]*logFormat
	zones     map[string]*zone
	upstreams map[string]*upstream
	used      map[*site.Node]bool     // directives that are executed
	read      map[string]bool         // names of directives that were asked for
	unknown   map[string]bool         // nginx's variables that have no value here
	names     map[string]*pcre.Regexp // of server_name
	charsets  map[string]bool         // that directives name
	endpoints map[string]*endpoint    // by address
	errors    []error
}

// server is a server block made ready.
type server struct {
	*site.Server
	name   string
	own    *location // the server's own settings, where no location answers
	script []op
	named  map[string]*location
	heads  headLimits
	ssl    *serverTLS

	mergeSlashes bool
}

// headLimits are client_header_buffer_size and large_client_header_buffers.
type headLimits struct {
	first, size, count int
	most               int // headers (max_headers)
	timeout            time.Duration
}

// location is a location made ready, or a server outside of its locations, or
// an if in a location.
type location struct {
	*site.Scope
	of      *site.Location // nil for a server, and for if
	server  *server
	script  []op
	handler handler // nil for files
	settings
}

// handler makes the response of a location. A status without a response asks
// for nginx's own page, or for the error_page of that status.
type handler func(*request) (*response, int)

// newConfig makes a configuration ready.
func newConfig(f *Front, s *site.Config) (*config, error) {
	c := &config{
		front: f, site: s, servers: map[*site.Server]*server{}, locations: map[*site.Scope]*location{},
		getters: map[string]getter{}, formats: map[string]*logFormat{}, zones: map[string]*zone{}, upstreams: map[string]*upstream{}, used: map[*site.Node]bool{}, read: map[string]bool{}, unknown: map[string]bool{}, names: map[string]*pcre.Regexp{}, charsets: map[string]bool{}, endpoints: map[string]*endpoint{},
	}
	if s.HTTP == nil {
		return nil, fmt.Errorf("%s has no http block: there is nothing to serve", s.Tree.Main.Name)
	}
	c.logFormats()
	c.makeZones()
	for _, n := range c.site.Find("charset") {
		c.charsets[strings.ToLower(n.Arg(0))] = true
	}
	for _, u := range s.Upstreams {
		c.upstream(u)
	}
	for _, block := range s.Servers {
		c.server(block)
	}
	c.makeEndpoints()
	return c, errors.Join(c.errors...)
}

// fail notes a value that nginx would refuse.
func (c *config) fail(n *site.Node, format string, args ...any) {
	at := n.HeadLocation().Range().Start
	c.errors = append(c.errors, fmt.Errorf("%s:%d:%d: %w", n.File.Name, at.Line, at.Column, fmt.Errorf(format, args...)))
}

func (c *config) server(block *site.Server) {
	s := &server{Server: block, named: map[string]*location{}}
	c.servers[block] = s
	for _, n := range block.Names {
		if n.Kind == site.RegexName && n.Node != nil {
			c.names[n.Value] = c.regex(n.Node, n.Value[1:], true)
		}
	}
	for _, n := range block.Names {
		if n.Value != "" {
			s.name = strings.TrimPrefix(n.Value, ".")
			break
		}
	}
	s.heads = headLimits{
		first:   c.size(block.Scope, "client_header_buffer_size", 1<<10),
		count:   4,
		size:    8 << 10,
		most:    c.number(block.Scope, "max_headers", 1000),
		timeout: c.duration(block.Scope, "client_header_timeout", time.Minute),
	}
	if n := c.one(block.Scope, "large_client_header_buffers"); n != nil {
		count, _ := value.Number(n.Arg(0))
		size, _ := value.Size(n.Arg(1))
		s.heads.count, s.heads.size = int(count), int(size)
	}
	s.mergeSlashes = c.flag(block.Scope, "merge_slashes", true)
	c.serverTLS(s)
	s.own = c.location(s, block.Scope, nil, nil)
	s.script = s.own.script
	s.own.script = nil // a server's script runs once, before its locations are tried
	for _, l := range block.Locations {
		c.nested(s, l)
	}
}

func (c *config) nested(s *server, l *site.Location) {
	ready := c.location(s, l.Scope, l, nil)
	if l.Kind == site.Named {
		s.named[l.Pattern] = ready
	}
	for _, inner := range l.Locations {
		c.nested(s, inner)
	}
}

// location makes the settings of a scope ready; outer is the location that an
// if stands in, whose handler it inherits.
func (c *config) location(s *server, scope *site.Scope, of *site.Location, outer *location) *location {
	l := &location{Scope: scope, of: of, server: s}
	c.locations[scope] = l
	c.settings(l, outer)
	l.handler = c.handler(l)
	if l.handler == nil && outer != nil {
		l.handler = outer.handler
	}
	l.script = c.script(l, scope)
	return l
}

// contentHandlers are the directives that make a location's response.
var contentHandlers = map[string]func(*config, *location, *site.Node) handler{}

// handler is that of the last directive that makes one.
func (c *config) handler(l *location) handler {
	var made handler
	for _, n := range l.Scope.Nodes {
		if make := contentHandlers[n.Name.Value]; make != nil {
			c.here(l.Scope, n.Name.Value)
			made = make(c, l, n)
		}
	}
	return made
}

// one returns the directive in force, nil when there is none.
func (c *config) one(s *site.Scope, name string) *site.Node {
	c.read[name] = true
	nodes := s.Effective(name)
	if len(nodes) == 0 {
		return nil
	}
	c.used[nodes[0]] = true
	return nodes[0]
}

// all returns the directives in force.
func (c *config) all(s *site.Scope, name string) []*site.Node {
	c.read[name] = true
	nodes := s.Effective(name)
	for _, n := range nodes {
		c.used[n] = true
	}
	return nodes
}

// here returns the directive that stands in the very scope.
func (c *config) here(s *site.Scope, name string) *site.Node {
	c.read[name] = true
	nodes := s.Here(name)
	if len(nodes) == 0 {
		return nil
	}
	c.used[nodes[0]] = true
	return nodes[0]
}

func (c *config) flag(s *site.Scope, name string, otherwise bool) bool {
	if n := c.one(s, name); n != nil {
		return strings.EqualFold(n.Arg(0), "on")
	}
	return otherwise
}

func (c *config) size(s *site.Scope, name string, otherwise int) int {
	n := c.one(s, name)
	if n == nil {
		return otherwise
	}
	v, ok := value.Offset(n.Arg(0))
	if !ok {
		c.fail(n, "%q is no size", n.Arg(0))
	}
	return int(v)
}

func (c *config) number(s *site.Scope, name string, otherwise int) int {
	n := c.one(s, name)
	if n == nil {
		return otherwise
	}
	v, ok := value.Number(n.Arg(0))
	if !ok {
		c.fail(n, "%q is no number", n.Arg(0))
	}
	return int(v)
}

func (c *config) duration(s *site.Scope, name string, otherwise time.Duration) time.Duration {
	n := c.one(s, name)
	if n == nil {
		return otherwise
	}
	ms, ok := value.Milliseconds(n.Arg(0))
	if !ok {
		c.fail(n, "%q is no time", n.Arg(0))
	}
	return time.Duration(ms) * time.Millisecond
}

// optional returns the value of a directive compiled, nil when it is absent.
func (c *config) optional(s *site.Scope, name string) *text {
	if n := c.one(s, name); n != nil {
		return c.text(n.Arg(0))
	}
	return nil
}

// regex compiles an expression of a directive, and declares its named groups as
// variables.
func (c *config) regex(n *site.Node, pattern string, ignoreCase bool) *pcre.Regexp {
	re, err := pcre.Compile(pattern, ignoreCase)
	if err != nil {
		c.fail(n, "the expression %q: %v", pattern, err)
		return nil
	}
	return re
}

// match searches a text, and keeps what the groups matched.
func (r *request) match(re *pcre.Regexp, s string) bool {
	if re == nil {
		return false
	}
	groups, err := re.Find(s)
	if err != nil || groups == nil {
		return false
	}
	r.captures = groups
	for i, name := range re.Names {
		if name != "" && i < len(groups) {
			r.setVar(strings.ToLower(name), groups[i])
		}
	}
	return true
}
