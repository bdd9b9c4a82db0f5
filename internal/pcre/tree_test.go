package pcre

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dump writes a tree in one line: sets as the text they are written in.
func dump(t *Tree, n *Node) string {
	var parts []string
	for _, s := range n.Subs {
		parts = append(parts, dump(t, s))
	}
	inner := strings.Join(parts, " ")
	switch n.Op {
	case OpSet:
		return t.Text(n)
	case OpConcat:
		return "[" + inner + "]"
	case OpAlternate:
		return "or(" + inner + ")"
	case OpRepeat:
		how := map[bool]string{true: "lazy"}[n.Lazy] + map[bool]string{true: "possessive"}[n.Possessive]
		return fmt.Sprintf("%d..%d%s(%s)", n.Min, n.Max, how, inner)
	case OpCapture:
		return fmt.Sprintf("%d%s(%s)", n.Number, n.Name, inner)
	case OpLook:
		return fmt.Sprintf("look%t%t(%s)", n.Behind, n.Negative, inner)
	case OpAtomic:
		return "atomic(" + inner + ")"
	case OpAssert:
		return fmt.Sprintf("at%d", n.Assert)
	case OpReference:
		return fmt.Sprintf("same%d", n.Number)
	}
	return "(" + inner + ")"
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pattern, want string }{
		{``, `[]`},
		{`a`, `a`},
		{`\.php$`, `[\. p h p at1]`},
		{`^/(a|[bc]+?)\d{2,}$`, `[at0 / 1(or(a 1..-1lazy([bc]))) 2..-1(\d) at1]`},
		{`(?<n>.*)x?|`, `or([1n(0..-1(.)) 0..1(x)] [])`},
		{`(?:a(?=b)(?<!c))++\b`, `[1..-1possessive(([a lookfalsefalse(b) looktruetrue(c)])) at4]`},
		{`(?>a)(b)\1\g{-1}`, `[atomic(a) 1(b) same1 same1]`},
		{`(?i)a(?-i:b)`, `[a (b)]`},
		{`\Qa.\E+`, `[\Qa.\E 1..-1(\Qa.\E)]`},
		{`a{3}(?#x)`, `3..3(a)`},
		{`\R`, `atomic(or([\R \R] \R))`},
	} {
		tree, err := Parse(c.pattern, false)
		if err != nil {
			t.Errorf("%q: %v", c.pattern, err)
			continue
		}
		if diff := cmp.Diff(c.want, dump(tree, tree.Root)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.pattern, diff)
		}
	}
}

// TestParseAll compares Parse with Compile, and the places of the nodes with
// one another.
func TestParseAll(t *testing.T) {
	t.Parallel()
	for _, p := range append(patterns, broken...) {
		re, err := Compile(p, false)
		tree, treeErr := Parse(p, false)
		if fmt.Sprint(err) != fmt.Sprint(treeErr) {
			t.Errorf("%q: Compile says %v, Parse %v", p, err, treeErr)
		}
		if err != nil || treeErr != nil {
			continue
		}
		checkPlaces(t, tree)
		if diff := cmp.Diff(re.Names, tree.Names); diff != "" {
			t.Errorf("%q: %s", p, diff)
		}
		for i, g := range tree.Groups {
			if g == nil || i > 0 && tree.Text(g)[0] != '(' {
				t.Errorf("%q: group %d is %v", p, i, g)
			}
		}
	}
}

func checkPlaces(t *testing.T, tree *Tree) {
	t.Helper()
	for n := range tree.All() {
		if n.Start < 0 || n.End < n.Start || n.End > len(tree.Pattern) {
			t.Fatalf("%q: a node of kind %d reaches from %d to %d", tree.Pattern, n.Op, n.Start, n.End)
		}
		for _, s := range n.Subs {
			if s.Start < n.Start || s.End > n.End {
				t.Fatalf("%q: a part reaches from %d to %d, and the whole from %d to %d", tree.Pattern, s.Start, s.End, n.Start, n.End)
			}
		}
	}
}

func TestCanHold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		group   int
		want    bool
	}{
		{`^/(.*)$`, 1, false},
		{`(?s)^/(.*)$`, 1, true},
		{`^/([^/]+)/`, 1, true},
		{`^/([^/\n\r]+)/`, 1, false},
		{`^/(\w+)/([^.]*)`, 1, false},
		{`^/(\w+)/([^.]*)`, 2, true},
		{`^/(\w+)/([^.]*)`, 0, true},
		{`(\s)(\1)`, 2, true},
		{`(\S+)`, 1, false},
		{`(a|\R)`, 1, true},
		{`(a(?=\n))`, 1, false},
		{`(\W)`, 1, true},
		{`(a\n{0})`, 1, false},
		{`(\1)`, 1, true},
		{`a`, 1, false},
	} {
		tree, err := Parse(c.pattern, true)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.CanHold(c.group, '\n'); got != c.want {
			t.Errorf("group %d of %q can hold a line feed: %t", c.group, c.pattern, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for i, p := range append(patterns, broken...) {
		f.Add(p, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, pattern string, ignoreCase bool) {
		tree, err := Parse(pattern, ignoreCase)
		if err != nil {
			return
		}
		checkPlaces(t, tree)
		tree.CanHold(0, '\n')
	})
}
