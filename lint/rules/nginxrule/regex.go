package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/pcre"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// Regex reports regular expressions that match more, or take longer, than their
// author can have meant.
var Regex = &lint.Rule{
	ID:       "nginx-regex",
	Severity: diag.Warning,
	Summary:  "a regular expression without an anchor, with a dot that takes any byte, or that takes for ever",
	Page:     page("nginx-regex"),
	Check:    checkRegex,
}

// subject is what an expression is compared with.
type subject uint8

const (
	anything subject = iota
	aPath            // $uri, a location, a rewrite
	aHost            // $host, a server_name: lower case
)

// pattern is an expression in a configuration.
type pattern struct {
	node *site.Node
	word int // the argument, counted from 1; 0 is the name
	// text is the expression without ~ and the like.
	text       string
	ignoreCase bool
	subject    subject
	location   *site.Location // of a location's own
}

func checkRegex(p *lint.Pass) {
	for _, c := range p.Nginx {
		exploding := map[string]string{} // expression -> attack, "" for none
		for x := range patterns(c) {
			tree, err := pcre.Parse(x.text, x.ignoreCase)
			if err != nil {
				continue
			}
			checkExplosive(p, x, tree, exploding)
			checkDot(p, x, tree)
			checkAnchors(p, x, tree)
			checkCase(p, x, tree)
		}
		checkUnusedCaptures(p, c)
	}
}

// patterns yields the regular expressions of http.
func patterns(c *site.Config) func(yield func(pattern) bool) {
	return func(yield func(pattern) bool) {
		for l := range c.Locations() {
			if isRegexLocation(l) && l.Opener != nil && len(l.Opener.Args) > 0 {
				if !yield(pattern{l.Opener, len(l.Opener.Args), l.Pattern, l.Kind == site.RegexNoCase, aPath, l}) {
					return
				}
			}
		}
		for _, s := range c.Servers {
			for _, n := range s.Names {
				if n.Kind == site.RegexName && n.Node != nil && !yield(pattern{n.Node, n.Word + 1, n.Value[1:], true, aHost, nil}) {
					return
				}
			}
		}
		for _, n := range c.Find("rewrite") {
			if len(n.Args) > 1 && !yield(pattern{n, 1, n.Arg(0), false, aPath, nil}) {
				return
			}
		}
		for _, n := range c.Find("if") {
			if _, operator, value, ok := condition(n); ok && strings.Contains(operator, "~") {
				name := site.Variables(n.Args[0].Value)
				if len(name) == 1 && !yield(pattern{n, len(n.Args), value, strings.HasSuffix(operator, "*"), subjectOf(name[0]), nil}) {
					return
				}
			}
		}
		for _, n := range c.Find("map") {
			if n.Body == nil {
				continue
			}
			kind := anything
			if name := site.Variables(n.Arg(0)); len(name) == 1 && strings.HasPrefix(n.Arg(0), "$") {
				kind = subjectOf(name[0])
			}
			for _, e := range n.Body.Nodes {
				if text, ignoreCase, ok := mapPattern(e); ok && !yield(pattern{e, 0, text, ignoreCase, kind, nil}) {
					return
				}
			}
		}
	}
}

// mapPattern returns the expression of a line of a map.
func mapPattern(e *site.Node) (text string, ignoreCase, ok bool) {
	text, ok = strings.CutPrefix(e.Name.Value, "~")
	if !ok || e.Name.Value == "" {
		return "", false, false
	}
	if rest, star := strings.CutPrefix(text, "*"); star {
		return rest, true, true
	}
	return text, false, true
}

func subjectOf(variable string) subject {
	switch variable {
	case "uri", "document_uri", "request_uri", "request_filename":
		return aPath
	case "host", "server_name", "ssl_server_name", "ssl_preread_server_name":
		return aHost
	}
	return anything
}

func checkExplosive(p *lint.Pass, x pattern, tree *pcre.Tree, known map[string]string) {
	attack, ok := known[x.text]
	if !ok {
		attack, _ = tree.Explosive()
		known[x.text] = attack
	}
	if attack == "" {
		return
	}
	p.Report(diag.Diagnostic{
		Location: x.node.Location(x.word),
		Message:  diag.T("the expression %s takes time that doubles with every few bytes of such a text: %s", shown(x.text), shown(attack)),
		Why:      diag.T("one short request holds a worker; nginx then answers 500 and logs: pcre2_match() failed: -47"),
		Help:     diag.T("a loop inside a loop may read the same text in two ways: let each part of it start or end with a byte that the other cannot hold"),
	})
}

// checkDot finds a dot that stands for itself in the author's mind: alone
// before a literal word, in a path or a host name.
func checkDot(p *lint.Pass, x pattern, tree *pcre.Tree) {
	if x.subject == anything {
		return
	}
	for n := range tree.All() {
		if n.Op != pcre.OpConcat {
			continue
		}
		for i, s := range n.Subs {
			if !isDot(tree, s) || i+1 == len(n.Subs) || !startsWithWord(n.Subs[i+1]) {
				continue
			}
			if i > 0 && (isDot(tree, n.Subs[i-1]) || n.Subs[i-1].Op == pcre.OpAssert) {
				continue
			}
			if i == 0 && n != tree.Root {
				continue
			}
			p.Report(diag.Diagnostic{
				Location: x.node.Location(x.word),
				Message:  diag.T("the dot before %s in %s stands for any byte", shown(wordAt(tree, n, i+1)), shown(x.text)),
				Why:      diag.T("a text with any other byte in its place matches as well, such as x%s", wordAt(tree, n, i+1)),
				Help:     diag.T(`write it as \.`),
			})
			return
		}
	}
}

func isDot(tree *pcre.Tree, n *pcre.Node) bool { return n.Op == pcre.OpSet && tree.Text(n) == "." }

// startsWithWord tells whether a piece is a letter or digit, or alternatives of
// words made of them.
func startsWithWord(n *pcre.Node) bool {
	words := n.Words()
	for _, w := range words {
		if w == "" || !isLetterOrDigit(w[0]) {
			return false
		}
	}
	return len(words) > 0
}

func isLetterOrDigit(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

// wordAt returns the pattern's text from a piece up to the end of its word.
func wordAt(tree *pcre.Tree, n *pcre.Node, from int) string {
	to := from
	for to+1 < len(n.Subs) && startsWithWord(n.Subs[to+1]) && n.Subs[to+1].Op == pcre.OpSet && n.Subs[from].Op == pcre.OpSet {
		to++
	}
	return tree.Pattern[n.Subs[from].Start:n.Subs[to].End]
}

// checkAnchors finds expressions that match in the middle, where that lets in
// what was not meant.
func checkAnchors(p *lint.Pass, x pattern, tree *pcre.Tree) {
	switch {
	case x.location != nil && refusesAll(x.location):
	case x.location != nil:
		checkExtension(p, x, tree)
		checkPathStart(p, x, tree)
	case x.subject == aHost && x.word > 0 && x.node.Name.Value == "server_name":
		checkHostAnchors(p, x, tree)
	}
}

// refusesAll tells whether a location only turns requests away: it may match
// more than it has to.
func refusesAll(l *site.Location) bool {
	if deny := l.Here("deny"); len(deny) > 0 {
		return true
	}
	return refuses(l.Scope) || len(l.Here("return")) > 0
}

// checkExtension finds `~ \.php` and its like: the last thing is an extension,
// and the path may go on.
func checkExtension(p *lint.Pass, x pattern, tree *pcre.Tree) {
	root := tree.Root
	if root.Op != pcre.OpConcat || tree.AnchoredEnd() {
		return
	}
	dot := -1
	for i, s := range root.Subs {
		if c, ok := s.Literal(); ok && c == '.' {
			dot = i
		}
	}
	if dot < 0 || dot == len(root.Subs)-1 {
		return
	}
	for _, s := range root.Subs[dot+1:] {
		if !startsWithWord(s) {
			return
		}
	}
	name := tree.Pattern[root.Subs[dot].Start:]
	d := diag.Diagnostic{
		Location: x.node.Location(x.word),
		Message:  diag.T("the expression %s matches anywhere in the path, not only at its end", shown(x.text)),
		Why:      diag.T("/data.json matches \\.js, and /upload/x.php.jpg matches \\.php"),
		Help:     diag.T("write `%s$`", name),
	}
	if pass := passHere(x.location.Scope); pass != nil {
		d.Related = []diag.Related{{Location: pass.HeadLocation(), Message: diag.T("what matches goes on here")}}
	}
	p.Report(d)
}

// checkPathStart finds `~ /admin`, which matches /x/admin as well, in a location
// that passes requests on or opens a folder.
func checkPathStart(p *lint.Pass, x pattern, tree *pcre.Tree) {
	root := tree.Root
	if root.Op != pcre.OpConcat || tree.AnchoredStart() || tree.AnchoredEnd() || x.location.Outer != nil {
		return
	}
	if c, ok := root.Subs[0].Literal(); !ok || c != '/' || !startsWithWord(root.Subs[1]) {
		return
	}
	if passHere(x.location.Scope) == nil && len(x.location.Here("alias")) == 0 {
		return
	}
	p.Report(diag.Diagnostic{
		Location: x.node.Location(x.word),
		Message:  diag.T("the expression %s matches in the middle of a path as well", shown(x.text)),
		Why:      diag.T("/any/thing%s goes to this location, whatever is meant to answer it", tree.Pattern[:min(len(tree.Pattern), root.Subs[1].End)]+"..."),
		Help:     diag.T("start it with ^"),
	})
}

// checkHostAnchors finds names that take in other domains.
func checkHostAnchors(p *lint.Pass, x pattern, tree *pcre.Tree) {
	if len(x.text) < 3 || tree.Root.Op != pcre.OpConcat {
		return
	}
	last := tree.Root.Subs[len(tree.Root.Subs)-1]
	first := tree.Root.Subs[0]
	d := diag.Diagnostic{Location: x.node.Location(x.word)}
	switch {
	case !tree.AnchoredEnd() && startsWithWord(last):
		d.Message = diag.T("the name %s also takes hosts that go on after it", shown(x.text))
		d.Why = diag.T("a host such as example.com.evil.net is answered as if it were yours")
		d.Help = diag.T("end it with $")
	case !tree.AnchoredStart() && startsWithWord(first):
		d.Message = diag.T("the name %s also takes hosts that end like it", shown(x.text))
		d.Why = diag.T("a host such as notexample.com is answered as if it were yours")
		d.Help = diag.T("start it with ^")
	default:
		return
	}
	p.Report(d)
}

// checkCase finds capitals that a host name, which nginx makes small, never has.
func checkCase(p *lint.Pass, x pattern, tree *pcre.Tree) {
	if x.subject != aHost || x.ignoreCase || x.node.Scope.Enclosing(directive.HTTP) == nil && x.word > 0 {
		return
	}
	for _, n := range must(tree.Root) {
		if c, ok := n.Literal(); ok && c >= 'A' && c <= 'Z' {
			p.Report(diag.Diagnostic{
				Location: x.node.Location(x.word),
				Message:  diag.T("the expression %s never matches: nginx writes host names in small letters", shown(x.text)),
				Help:     diag.T("write it in small letters, or with ~*"),
			})
			return
		}
	}
}

// must returns the sets that every match has to go through.
func must(n *pcre.Node) []*pcre.Node {
	switch n.Op {
	case pcre.OpSet:
		return []*pcre.Node{n}
	case pcre.OpConcat, pcre.OpCapture, pcre.OpGroup, pcre.OpAtomic:
		var all []*pcre.Node
		for _, s := range n.Subs {
			all = append(all, must(s)...)
		}
		return all
	case pcre.OpRepeat:
		if n.Min > 0 {
			return must(n.Subs[0])
		}
	}
	return nil
}

// checkUnusedCaptures finds named groups of maps that nothing reads.
func checkUnusedCaptures(p *lint.Pass, c *site.Config) {
	if !wholeConfig(c) || foreign(c) {
		return
	}
	var used map[string]bool
	for _, m := range c.Find("map") {
		if m.Body == nil {
			continue
		}
		for _, e := range m.Body.Nodes {
			text, ignoreCase, ok := mapPattern(e)
			if !ok || !strings.Contains(text, "(?") {
				continue
			}
			tree, err := pcre.Parse(text, ignoreCase)
			if err != nil {
				continue
			}
			for _, name := range tree.Names {
				if used == nil {
					used = usedVariables(c)
				}
				if name != "" && !used[strings.ToLower(name)] {
					p.Report(diag.Diagnostic{
						Severity: diag.Info,
						Location: e.Location(0),
						Message:  diag.T("nothing reads the capture $%s", name),
						Help:     diag.T("use it in the value, or write (?:...) for a group that only holds together"),
					})
				}
			}
		}
	}
}

// usedVariables returns the variables that some argument reads.
func usedVariables(c *site.Config) map[string]bool {
	used := map[string]bool{}
	for n := range c.All() {
		for _, a := range n.Args {
			if strings.IndexByte(a.Value, '$') >= 0 {
				for _, name := range site.Variables(a.Value) {
					used[name] = true
				}
			}
		}
	}
	return used
}
