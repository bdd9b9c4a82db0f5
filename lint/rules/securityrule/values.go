package securityrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// maxHops bounds how far the values of variables are followed.
const maxHops = 6

// maxEntries bounds the entries of a map that are looked at.
const maxEntries = 256

// reference is a variable in a value: where it starts and ends, and its name
// without $ and braces, in lower case.
type reference struct {
	start, end int
	name       string
}

// references returns the variables in a value, captures ($1) included.
func references(value string) []reference {
	var found []reference
	for i := 0; i < len(value); i++ {
		if value[i] != '$' {
			continue
		}
		start, end := i+1, i+1
		if start < len(value) && value[start] == '{' {
			length := strings.IndexByte(value[start:], '}')
			if length < 0 {
				return found
			}
			found = append(found, reference{i, start + length + 1, strings.ToLower(value[start+1 : start+length])})
			i = start + length
			continue
		}
		if start < len(value) && value[start] >= '1' && value[start] <= '9' {
			end++ // nginx reads one digit
		} else {
			for end < len(value) && isWord(value[end]) {
				end++
			}
		}
		if end > start {
			found = append(found, reference{i, end, strings.ToLower(value[start:end])})
		}
		i = end - 1
	}
	return found
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// source is what a variable gets its text from.
type source struct {
	// builtin is the name of a variable of nginx itself; "" for the others.
	builtin string
	// tree and group are the expression and the group that took the text, out
	// of what subject says: "$uri", "$host" or the words of an if.
	tree    *pcre.Tree
	group   int
	subject string
	// value is the text that a set or map gives.
	value string
	// at is the place whose variables value and subject speak of.
	at *site.Node
}

// tracer follows the values of variables in one configuration.
type tracer struct {
	c       *site.Config
	trees   map[string]*pcre.Tree
	ways    map[*site.Node][]source                 // of map and its like, computed once
	defined map[string]map[*site.Scope][]*site.Node // of a variable, by the server that they stand in (nil: none)
	asked   map[*site.Scope]map[string]bool         // the variables that the ifs of a scope ask about
}

func newTracer(c *site.Config) *tracer {
	return &tracer{c, map[string]*pcre.Tree{}, map[*site.Node][]source{}, map[string]map[*site.Scope][]*site.Node{}, map[*site.Scope]map[string]bool{}}
}

// definitions returns what defines a variable in a server, or for all.
func (t *tracer) definitions(name string, server *site.Scope) []*site.Node {
	byServer := t.defined[name]
	if byServer == nil {
		byServer = map[*site.Scope][]*site.Node{}
		for _, d := range t.c.Variables[name] {
			s := d.Scope.Enclosing(directive.Server)
			byServer[s] = append(byServer[s], d)
		}
		t.defined[name] = byServer
	}
	if server == nil || len(byServer[nil]) == 0 {
		return byServer[server]
	}
	return slices.Concat(byServer[nil], byServer[server])
}

// asks tells whether an if that stands in this very scope mentions a variable.
func (t *tracer) asks(s *site.Scope, name string) bool {
	names, ok := t.asked[s]
	if !ok {
		for _, o := range s.Here("if") {
			for _, a := range o.Args {
				for _, r := range references(a.Value) {
					if names == nil {
						names = map[string]bool{}
					}
					names[r.name] = true
				}
			}
		}
		t.asked[s] = names
	}
	return names[name]
}

// parse reads an expression, nil when it cannot.
func (t *tracer) parse(pattern string, ignoreCase bool) *pcre.Tree {
	key := pattern
	if ignoreCase {
		key = "\x00" + key
	}
	tree, ok := t.trees[key]
	if !ok {
		tree, _ = pcre.Parse(pattern, ignoreCase)
		t.trees[key] = tree
	}
	return tree
}

// sources returns where a variable that a directive names gets its text from;
// nil where that is not known.
func (t *tracer) sources(n *site.Node, name string) []source {
	if len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
		return t.numbered(n, int(name[0]-'0'))
	}
	if len(t.c.Variables[name]) > 0 {
		return t.definedBy(t.definitions(name, n.Scope.Enclosing(directive.Server)), name)
	}
	if site.Builtin(name) {
		return []source{{builtin: name, at: n}}
	}
	return nil
}

// numbered returns the source of $1: the directive's own expression, that of
// the if around it, or that of its location.
func (t *tracer) numbered(n *site.Node, group int) []source {
	if n.Name.Value == "rewrite" {
		return t.group(n, n.Arg(0), false, group, "$uri")
	}
	for s := n.Scope; s != nil; s = s.Parent {
		switch o := s.Opener; {
		case o == nil:
			return nil
		case o.Name.Value == "if":
			if pattern, ignoreCase, subject, ok := condition(o); ok {
				return t.group(o, pattern, ignoreCase, group, subject)
			}
		case o.Name.Value == "location":
			if len(s.Here("rewrite")) > 0 {
				return nil // it may have matched another expression
			}
			if pattern, ignoreCase, ok := expression(o); ok {
				return t.group(o, pattern, ignoreCase, group, "$uri")
			}
			if s.Parent == nil || s.Parent.Context&directive.Location == 0 {
				return nil
			}
		default:
			return nil
		}
	}
	return nil
}

func (t *tracer) group(at *site.Node, pattern string, ignoreCase bool, group int, subject string) []source {
	tree := t.parse(pattern, ignoreCase)
	if tree == nil || group >= len(tree.Groups) || tree.Groups[group] == nil {
		return nil
	}
	return []source{{tree: tree, group: group, subject: subject, at: at}}
}

// expression returns the regular expression of a location.
func expression(o *site.Node) (pattern string, ignoreCase, ok bool) {
	pattern = o.Arg(0)
	if len(o.Args) == 2 {
		pattern += o.Arg(1)
	}
	if rest, found := strings.CutPrefix(pattern, "~*"); found {
		return rest, true, true
	}
	rest, found := strings.CutPrefix(pattern, "~")
	return rest, false, found
}

// condition returns the regular expression of an if and the words it is
// compared with.
func condition(o *site.Node) (pattern string, ignoreCase bool, subject string, ok bool) {
	if len(o.Args) != 3 {
		return "", false, "", false
	}
	operator := o.Arg(1)
	if operator != "~" && operator != "~*" {
		return "", false, "", false
	}
	return strings.TrimSuffix(o.Arg(2), ")"), operator == "~*", strings.TrimPrefix(o.Arg(0), "("), true
}

// definedBy returns the sources of a variable that directives define.
func (t *tracer) definedBy(defined []*site.Node, name string) []source {
	var found []source
	for _, d := range defined {
		switch d.Name.Value {
		case "set":
			found = append(found, source{value: d.Arg(1), at: d})
		case "map":
			found = append(found, t.mapped(d, name)...)
		case "location":
			if pattern, ignoreCase, ok := expression(d); ok {
				found = append(found, t.named(d, pattern, ignoreCase, name, "$uri")...)
			}
		case "rewrite":
			found = append(found, t.named(d, d.Arg(0), false, name, "$uri")...)
		case "if":
			if pattern, ignoreCase, subject, ok := condition(d); ok {
				found = append(found, t.named(d, pattern, ignoreCase, name, subject)...)
			}
		case "server_name":
			for _, a := range d.Args {
				if pattern, ok := strings.CutPrefix(a.Value, "~"); ok {
					found = append(found, t.named(d, pattern, true, name, "$host")...)
				}
			}
		}
	}
	return found
}

// named returns the source of a named capture.
func (t *tracer) named(at *site.Node, pattern string, ignoreCase bool, name, subject string) []source {
	tree := t.parse(pattern, ignoreCase)
	if tree == nil {
		return nil
	}
	for group, have := range tree.Names {
		if strings.EqualFold(have, name) {
			return []source{{tree: tree, group: group, subject: subject, at: at}}
		}
	}
	return nil
}

// mapped returns the values of a map, captures of its expressions included.
func (t *tracer) mapped(d *site.Node, name string) []source {
	if ways, ok := t.ways[d]; ok && strings.EqualFold(strings.TrimPrefix(d.Arg(1), "$"), name) {
		return ways
	}
	var found []source
	if d.Body == nil {
		return nil
	}
	own := strings.EqualFold(strings.TrimPrefix(d.Arg(1), "$"), name)
	for i, e := range d.Body.Nodes {
		if i == maxEntries {
			break
		}
		key := e.Name.Value
		var tree *pcre.Tree
		if rest, ok := strings.CutPrefix(key, "~*"); ok {
			tree = t.parse(rest, true)
		} else if rest, ok := strings.CutPrefix(key, "~"); ok {
			tree = t.parse(rest, false)
		}
		if !own {
			// The variable is a capture of one of the keys.
			if tree != nil {
				for group, have := range tree.Names {
					if strings.EqualFold(have, name) {
						found = append(found, source{tree: tree, group: group, subject: d.Arg(0), at: d})
					}
				}
			}
			continue
		}
		if len(e.Args) != 1 || key == "include" {
			continue
		}
		value := e.Arg(0)
		refs := references(value)
		if len(refs) == 0 {
			continue // a constant
		}
		for _, r := range refs {
			group := -1
			if len(r.name) == 1 && r.name[0] >= '1' && r.name[0] <= '9' {
				group = int(r.name[0] - '0')
			} else if tree != nil {
				for g, have := range tree.Names {
					if have != "" && strings.EqualFold(have, r.name) {
						group = g
					}
				}
			}
			switch {
			case group > 0 && tree != nil && group < len(tree.Groups) && tree.Groups[group] != nil:
				found = append(found, source{tree: tree, group: group, subject: d.Arg(0), at: d})
			case group < 0:
				found = append(found, source{value: value[r.start:r.end], at: d})
			}
		}
	}
	if own {
		t.ways[d] = found
	}
	return found
}
