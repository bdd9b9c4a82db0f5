package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// UnreachableLocation reports locations and servers that never answer.
var UnreachableLocation = &lint.Rule{
	ID:       "nginx-unreachable-location",
	Severity: diag.Warning,
	Summary:  "a location that another one always wins over, or a server that never answers",
	Page:     page("nginx-unreachable-location"),
	Check:    checkUnreachableLocation,
}

// The bounds of what is asked about one list of locations: hostile files must
// not cost more than a moment.
const (
	maxRegexLocations = 100
	maxRounds         = 8
	maxQuestions      = 4000 // of one configuration
)

func checkUnreachableLocation(p *lint.Pass) {
	for _, c := range p.Nginx {
		r := reachability{known: map[string][]shadowed{}, left: maxQuestions}
		for _, s := range c.Servers {
			checkReturnFirst(p, s)
			r.list(p, s.Scope, s.Locations, "/")
		}
		checkSilentServers(p, c)
	}
}

// checkReturnFirst finds locations below a return of the server itself, which
// is carried out before a location is looked for.
func checkReturnFirst(p *lint.Pass, s *site.Server) {
	returns := s.Here("return")
	if len(returns) == 0 || s.Opener == nil {
		return
	}
	for _, l := range s.Locations {
		// error_page reaches a named location without asking the server again.
		if l.Kind == site.Named || l.Opener == nil {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: l.Opener.HeadLocation(),
			Message:  diag.T("no request reaches location %s: the server's own return answers first", shownLocation(l)),
			Why:      diag.T("nginx carries out return and rewrite of the server before it looks for a location"),
			Help:     diag.T("put the return into `location / { ... }`"),
			Related:  []diag.Related{{Location: returns[0].HeadLocation(), Message: diag.T("this answers everything")}},
		})
	}
}

// checkSilentServers finds servers whose every name is ignored, and that are
// not the first of any address either.
func checkSilentServers(p *lint.Pass, c *site.Config) {
	lost := map[*site.Server]int{}
	winner := map[*site.Server]*site.Server{}
	for _, conflict := range nameConflicts(c) {
		lost[conflict.server]++
		winner[conflict.server] = conflict.first
	}
	if len(lost) == 0 {
		return
	}
	first := map[listenKey]*site.Server{}
	marked := map[listenKey]bool{}
	for _, s := range c.Servers {
		for _, l := range s.Listens {
			if k := keyOf(l); first[k] == nil || l.Default && !marked[k] {
				first[k], marked[k] = s, l.Default
			}
		}
	}
	for _, s := range c.Servers {
		if lost[s] == 0 {
			continue
		}
		names, isDefault := 0, false
		for _, n := range s.Names {
			names += len(spellings(n)) * len(s.Listens)
		}
		for _, l := range s.Listens {
			isDefault = isDefault || first[keyOf(l)] == s
		}
		if isDefault || lost[s] < names {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: s.Opener.Location(0),
			Message:  diag.T("this server never answers: an earlier one has each of its names on each of its addresses"),
			Help:     diag.T("remove it, or merge the two servers"),
			Related:  []diag.Related{{Location: winner[s].Opener.Location(0), Message: diag.T("this one answers")}},
		})
	}
}

// shadowed is a location of a list that others of it always win over.
type shadowed struct {
	at int
	by []int
}

// reachability asks which locations of a list a request can reach. Lists that
// look alike are asked about once.
type reachability struct {
	known map[string][]shadowed
	left  int
}

// list checks locations that stand side by side, and those nested in them. Only
// paths that start with the prefix come here.
func (r *reachability) list(p *lint.Pass, scope *site.Scope, all []*site.Location, prefix string) {
	var key strings.Builder
	key.WriteString(prefix + "\n")
	regexes := 0
	for _, l := range all {
		key.WriteByte(byte('0' + l.Kind))
		key.WriteString(l.Pattern + "\n")
		if len(l.Locations) > 0 && l.Scope != scope {
			key.WriteByte('{')
			inner := prefix
			if (l.Kind == site.Prefix || l.Kind == site.PrefixNoRegex) && strings.HasPrefix(l.Pattern, prefix) {
				inner = l.Pattern
			}
			r.list(p, l.Scope, l.Locations, inner)
		}
		if isRegexLocation(l) {
			regexes++
		}
	}
	if regexes == 0 || regexes > maxRegexLocations || isOpaque(scope) {
		return
	}
	found, ok := r.known[key.String()]
	if !ok {
		found = r.ask(all, prefix)
		r.known[key.String()] = found
	}
	for _, f := range found {
		reportShadowed(p, all, f)
	}
}

func reportShadowed(p *lint.Pass, all []*site.Location, f shadowed) {
	l := all[f.at]
	if l.Opener == nil {
		return
	}
	d := diag.Diagnostic{
		Location: l.Opener.HeadLocation(),
		Message:  diag.T("no request reaches location %s: location %s always wins", shownLocation(l), shownLocation(all[f.by[0]])),
		Why:      diag.T("regular expressions are tried in reading order and win over plain prefixes; ^~ and = keep them from being tried"),
		Help:     diag.T("move it before the other, or make the other narrower"),
	}
	if len(f.by) > 1 {
		d.Message = diag.T("no request reaches location %s: %d others win over it together", shownLocation(l), len(f.by))
	}
	for _, by := range f.by {
		if o := all[by].Opener; o != nil {
			d.Related = append(d.Related, diag.Related{Location: o.HeadLocation(), Message: diag.T("this one wins")})
		}
	}
	p.Report(d)
}

// rival is a location that can win, as an expression.
type rival struct {
	at   int
	tree *pcre.Tree
	re   *pcre.Regexp
}

// ask returns the locations of a list that no path reaches.
func (r *reachability) ask(all []*site.Location, prefix string) []shadowed {
	var statics, before []rival
	for i, l := range all {
		if l.Kind == site.Exact || l.Kind == site.PrefixNoRegex && !extended(all, l) {
			if one, ok := newRival(i, plainPattern(l), false); ok {
				statics = append(statics, one)
			}
		}
	}
	var found []shadowed
	for i, l := range all {
		if !isRegexLocation(l) {
			continue
		}
		one, ok := newRival(i, l.Pattern, l.Kind == site.RegexNoCase)
		if !ok {
			continue
		}
		if by := r.covered(prefix, one.tree, before, statics); by != nil {
			found = append(found, shadowed{i, by})
		}
		before = append(before, one)
	}
	for i, l := range all {
		if l.Kind != site.Prefix || len(l.Locations) > 0 || !strings.HasPrefix(l.Pattern, "/") {
			continue
		}
		if one, ok := newRival(i, plainPattern(l), false); ok {
			if by := r.covered(prefix, one.tree, before); by != nil {
				found = append(found, shadowed{i, by})
			}
		}
	}
	return found
}

// extended tells whether a longer prefix lets regular expressions in again
// below a ^~ location.
func extended(all []*site.Location, l *site.Location) bool {
	for _, o := range all {
		if o.Kind == site.Prefix && len(o.Pattern) > len(l.Pattern) && strings.HasPrefix(o.Pattern, l.Pattern) {
			return true
		}
	}
	return false
}

// plainPattern writes an exact or prefix location as an expression.
func plainPattern(l *site.Location) string {
	var b strings.Builder
	b.WriteByte('^')
	for _, c := range []byte(l.Pattern) {
		b.WriteString(`\x` + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
	}
	if l.Kind == site.Exact {
		b.WriteByte('$')
	}
	return b.String()
}

func newRival(at int, pattern string, ignoreCase bool) (rival, bool) {
	tree, err := pcre.Parse(pattern, ignoreCase)
	if err != nil {
		return rival{}, false
	}
	re, err := pcre.Compile(pattern, ignoreCase)
	if err != nil {
		return rival{}, false
	}
	return rival{at, tree, re}, true
}

// covered returns the rivals that together match every path that the
// expression does; nil when some path is left, or when it cannot be known. It
// takes a path that is left, asks who matches it, and asks again with that one
// among the others.
func (r *reachability) covered(prefix string, tree *pcre.Tree, lists ...[]rival) []int {
	var by []int
	var others []*pcre.Tree
	for range maxRounds {
		if r.left--; r.left < 0 {
			return nil
		}
		path, found, known := pcre.Outside(prefix, tree, others...)
		if !known {
			return nil
		}
		if !found {
			return by // nil, too, for an expression that matches no path at all
		}
		next := firstMatch(path, lists)
		if next == nil {
			return nil
		}
		by, others = append(by, next.at), append(others, next.tree)
	}
	return nil
}

func firstMatch(path string, lists [][]rival) *rival {
	for _, list := range lists {
		for i := range list {
			if ok, err := list[i].re.Match(path); err == nil && ok {
				return &list[i]
			}
		}
	}
	return nil
}
