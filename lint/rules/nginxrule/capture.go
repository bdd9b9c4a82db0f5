package nginxrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// Capture reports captures that are empty where they are read, and names of
// variables that differ in case alone.
var Capture = &lint.Rule{
	ID:       "nginx-capture",
	Severity: diag.Warning,
	Summary:  "a capture that its expression does not have or that a later match overwrites; one variable in two spellings",
	Page:     page("nginx-capture"),
	Check:    checkCapture,
}

func checkCapture(p *lint.Pass) {
	for _, c := range p.Nginx {
		r := captureReader{pass: p, config: c, groups: map[string]int{}}
		for _, s := range c.Servers {
			if s.Opener == nil || s.Context != directive.Server {
				continue // what is around a fragment may match first
			}
			r.server(s)
		}
		checkSpelling(p, c)
		checkForeignCaptures(p, c)
	}
}

// captureReader follows what $1 to $9 hold, in the order in which nginx carries
// directives out. An expression that is tried empties them, even when it does
// not match and has no groups (measured with nginx 1.22.1 and PCRE2).
type captureReader struct {
	pass   *lint.Pass
	config *site.Config
	groups map[string]int // groups of an expression, -1 for one that cannot be read
	maps   map[string]bool
}

// held is what the captures hold at one place.
type held struct {
	groups int        // at most; -1 when it is not known
	by     *site.Node // what has overwritten those of the location; nil for its own expression
}

var unknownGroups = held{groups: -1}

// count returns the number of groups of an expression.
func (r *captureReader) count(text string) int {
	n, ok := r.groups[text]
	if !ok {
		n = -1
		if tree, err := pcre.Parse(text, false); err == nil {
			n = len(tree.Groups) - 1
		}
		r.groups[text] = n
	}
	return n
}

// server reads a server. A location without an expression of its own is reached
// with whatever matched before: another location, a rewrite, a server name.
func (r *captureReader) server(s *site.Server) {
	most := 0
	for _, n := range s.Names {
		if n.Kind == site.RegexName {
			most = max(most, r.countOr9(n.Value[1:]))
		}
	}
	for l := range s.All() {
		if isRegexLocation(l) {
			most = max(most, r.countOr9(l.Pattern))
		}
		most = max(most, r.mostIn(l.Scope))
	}
	most = max(most, r.mostIn(s.Scope))
	if r.maps == nil {
		r.readMaps()
	}
	any := held{groups: most}
	if r.maps[""] || most >= 9 || isOpaque(s.Scope) {
		any = unknownGroups
	}
	r.scope(s.Scope, any, nil)
	for l := range s.All() {
		if l.Opener == nil || isOpaque(l.Scope) {
			continue
		}
		start := any
		if isRegexLocation(l) {
			start = held{groups: r.count(l.Pattern)}
		}
		r.scope(l.Scope, start, l)
	}
}

// countOr9 returns the groups of an expression, as many as can be read of one
// that is not known.
func (r *captureReader) countOr9(text string) int {
	if n := r.count(text); n >= 0 {
		return n
	}
	return 9
}

// mostIn returns the most groups of the rewrites and ifs of a scope.
func (r *captureReader) mostIn(s *site.Scope) int {
	most := 0
	for _, n := range s.Here("rewrite") {
		most = max(most, r.countOr9(n.Arg(0)))
	}
	for _, n := range s.Here("if") {
		if text, ok := ifPattern(n); ok {
			most = max(most, r.countOr9(text))
		}
		if n.Body != nil {
			most = max(most, r.mostIn(n.Body))
		}
	}
	return most
}

// readMaps notes the variables whose maps have expressions: reading one that
// matches empties the captures. The name "" stands for an expression with groups.
func (r *captureReader) readMaps() {
	r.maps = map[string]bool{}
	for _, m := range r.config.Find("map") {
		if m.Body == nil {
			continue
		}
		for _, e := range m.Body.Nodes {
			if text, _, ok := mapPattern(e); ok {
				r.maps[strings.ToLower(strings.TrimPrefix(m.Arg(1), "$"))] = true
				if r.countOr9(text) > 0 {
					r.maps[""] = true
				}
			}
		}
	}
}

// ifPattern returns the expression of an if.
func ifPattern(n *site.Node) (string, bool) {
	_, operator, value, ok := condition(n)
	return value, ok && strings.Contains(operator, "~")
}

// scope reads the directives of a block: those of rewriting in their order,
// then the others, which nginx carries out after them.
func (r *captureReader) scope(s *site.Scope, at held, l *site.Location) {
	at = r.rewriting(s, at, l)
	for _, n := range s.Nodes {
		if !slices.Contains(rewriting, n.Name.Value) {
			r.check(n, at, l)
		}
	}
}

// rewriting follows the directives of rewriting and returns what they leave.
func (r *captureReader) rewriting(s *site.Scope, at held, l *site.Location) held {
	for _, n := range s.Nodes {
		switch n.Name.Value {
		case "set", "return":
			r.check(n, at, l)
		case "rewrite":
			groups := r.count(n.Arg(0))
			if groups >= 0 {
				r.checkRewrite(n, groups)
			}
			if flag := n.Arg(2); flag == "last" || flag == "redirect" || flag == "permanent" || strings.HasPrefix(n.Arg(1), "http") || strings.HasPrefix(n.Arg(1), "$scheme") {
				groups = 0 // who goes on was not matched
			}
			at = after(groups, n)
		case "if":
			if n.Body == nil {
				continue
			}
			text, ok := ifPattern(n)
			inside := at
			if ok {
				inside = held{groups: r.count(text), by: n}
			}
			r.scope(n.Body, inside, l)
			if ok {
				groups := r.count(text)
				if groups >= 0 && answers(n.Body) {
					groups = 0
				}
				at = after(groups, n)
			}
		}
	}
	return at
}

// after returns what is held once an expression was tried.
func after(groups int, by *site.Node) held {
	if groups < 0 {
		return unknownGroups
	}
	return held{groups: groups, by: by}
}

// checkRewrite compares a replacement with the groups of its own expression.
func (r *captureReader) checkRewrite(n *site.Node, groups int) {
	if m := highest(n.Arg(1)); m > groups {
		r.pass.Report(diag.Diagnostic{
			Location: n.Location(2),
			Message:  diag.T("the expression %s has no group %d", shown(n.Arg(0)), m),
			Why:      diag.T("$%d is empty here: a rewrite has the captures of its own expression alone", m),
			Help:     diag.T("put the part of the path into parentheses, or name the group: (?<name>...)"),
		})
	}
}

// highest returns the highest of $1 to $9 in a value, 0 for none.
func highest(value string) int {
	most := 0
	for i := 0; i+1 < len(value); i++ {
		if value[i] == '$' && value[i+1] >= '1' && value[i+1] <= '9' {
			most = max(most, int(value[i+1]-'0'))
		}
	}
	return most
}

// check compares the captures that a directive reads with what they hold.
func (r *captureReader) check(n *site.Node, at held, l *site.Location) {
	if n.Row == nil || n.Name.Value == "map" || n.Name.Value == "log_format" || n.Name.Value == "proxy_redirect" {
		return
	}
	for i := range n.Args {
		text := n.Args[i].Value
		m := highest(text)
		if m == 0 || template(text) || !value.Evaluated(n.Row, n.Args, i) {
			continue
		}
		if at.groups >= 0 && m > at.groups {
			r.report(n, i, m, at, l)
			continue
		}
		for _, name := range site.Variables(text) {
			if r.maps[name] && at.groups >= m {
				r.reportMap(n, i, m, name)
				break
			}
		}
	}
}

func (r *captureReader) report(n *site.Node, i, m int, at held, l *site.Location) {
	d := diag.Diagnostic{
		Location: n.Location(i + 1),
		Help:     diag.T("put the part of the path into parentheses, or name the group: (?<name>...)"),
	}
	switch {
	case at.by != nil && at.by.Body != nil && within(n.Scope, at.by.Body):
		d.Message = diag.T("the expression of this if has no group %d", m)
		d.Why = diag.T("$%d is empty here: an expression that is tried replaces the captures of those before", m)
		d.Related = []diag.Related{{Location: at.by.HeadLocation(), Message: diag.T("the expression")}}
	case at.by != nil:
		d.Message = diag.T("$%d is overwritten by the %s before", m, at.by.Name.Value)
		d.Why = diag.T("$%d is empty here: an expression that is tried replaces the captures of those before, even where it does not match", m)
		d.Help = diag.T("name the group, (?<name>...), and read $name")
		d.Related = []diag.Related{{Location: at.by.HeadLocation(), Message: diag.T("this is tried in between")}}
	case l != nil && isRegexLocation(l):
		d.Message = diag.T("the expression of location %s has no group %d", shownLocation(l), m)
		d.Why = diag.T("$%d is empty here", m)
		d.Related = []diag.Related{{Location: l.Opener.HeadLocation(), Message: diag.T("the expression")}}
	default:
		d.Message = diag.T("no expression of this server has a group %d", m)
		d.Why = diag.T("$%d is empty here", m)
	}
	r.pass.Report(d)
}

// within tells whether a scope is another one or stands in it.
func within(s, outer *site.Scope) bool {
	for ; s != nil; s = s.Parent {
		if s == outer {
			return true
		}
	}
	return false
}

func (r *captureReader) reportMap(n *site.Node, i, m int, name string) {
	d := diag.Diagnostic{
		Location: n.Location(i + 1),
		Message:  diag.T("reading $%s overwrites $%d", name, m),
		Why:      diag.T("the map of $%s has expressions: where one matches, $%d is empty, or nginx answers 500 and logs: no buffer space in script copy", name, m),
		Help:     diag.T("name the group, (?<name>...), and read $name"),
	}
	for _, def := range r.config.Variables[name] {
		if def.Name.Value == "map" {
			d.Related = append(d.Related, diag.Related{Location: def.HeadLocation(), Message: diag.T("the map")})
			break
		}
	}
	r.pass.Report(d)
}

// checkSpelling finds variables that are defined in two spellings: nginx makes
// their names small.
func checkSpelling(p *lint.Pass, c *site.Config) {
	first := map[string]*site.Node{}
	for _, n := range c.Find("set") {
		spelled(p, first, n, 1)
	}
	for _, n := range c.Find("map") {
		spelled(p, first, n, 2)
	}
	for _, n := range c.Find("geo") {
		spelled(p, first, n, len(n.Args))
	}
}

func spelled(p *lint.Pass, first map[string]*site.Node, n *site.Node, word int) {
	name := n.Arg(word - 1)
	if len(name) < 2 || name[0] != '$' {
		return
	}
	key := strings.ToLower(name)
	earlier := first[key]
	if earlier == nil {
		first[key] = n
		return
	}
	other := earlier.Arg(0)
	switch earlier.Name.Value {
	case "map":
		other = earlier.Arg(1)
	case "geo":
		other = earlier.Arg(len(earlier.Args) - 1)
	}
	if other == name {
		return
	}
	p.Report(diag.Diagnostic{
		Location: n.Location(word),
		Message:  diag.T("%s and %s are one variable", name, other),
		Why:      diag.T("nginx does not tell upper from lower case in names of variables: the later value overwrites the other"),
		Help:     diag.T("give one of them another name"),
		Related:  []diag.Related{{Location: earlier.HeadLocation(), Message: diag.T("the other spelling")}},
	})
}
