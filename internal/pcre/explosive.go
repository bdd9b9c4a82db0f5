package pcre

import (
	"slices"
	"strings"
)

// maxPositions bounds the sets of an expression that Explosive looks at: the
// work grows with their square.
const maxPositions = 80

// Explosive tells whether there are texts on which a backtracking matcher,
// PCRE, takes time that doubles with every few bytes: some loop can read one
// text in two ways, and what follows it can fail. text is such an attack, to be
// repeated where the three dots stand. It is false where that cannot be known.
//
// The loop is found as a pair of different ways through the expression that
// start and end at the same place and read the same bytes ("exponential degree
// of ambiguity", Weber and Seidl 1991).
func (t *Tree) Explosive() (text string, ok bool) {
	g := positionGraph{repeated: map[[2]int]bool{}}
	whole := g.node(t.Root)
	if g.failed || len(g.sets) > maxPositions {
		return "", false
	}
	p, known := compileProgram(t)
	if !known {
		return "", false
	}
	reached := g.distances(whole.first)
	for start := range g.sets {
		if reached[start] == nil {
			continue
		}
		pump := g.pump(start)
		if pump == "" {
			continue
		}
		prefix := g.spell(reached[start])
		if suffix, fails := failing(p, prefix+pump+pump+pump); fails {
			return prefix + pump + pump + "..." + suffix, true
		}
	}
	return "", false
}

// failing looks for an end of a text that the expression does not match.
func failing(p program, text string) (suffix string, ok bool) {
	w := walker{steps: maxSteps}
	set, matched := w.closure(&p, states{0}, true, false)
	for i := 0; i < len(text) && !matched; i++ {
		set, matched = w.step(&p, set, text[i])
	}
	if matched {
		return "", false
	}
	if _, ends := w.closure(&p, set, false, true); !ends {
		return "", true
	}
	for _, c := range "!~-/0a" {
		if c == '/' && strings.HasSuffix(text, "/") {
			continue // nginx merges slashes
		}
		next, matched := w.step(&p, set, byte(c))
		if matched {
			continue
		}
		if _, ends := w.closure(&p, next, false, true); !ends {
			return string(c), true
		}
	}
	return "", false
}

// positionGraph is Glushkov's automaton: a place for each set that is written,
// and an edge where one may follow another. Lookaround, references, atomic
// groups and inner anchors are places that take nothing, so no loop leads
// through them.
type positionGraph struct {
	sets   []Set
	follow [][]int
	// repeated holds the edges that there are two ways to take.
	repeated map[[2]int]bool
	failed   bool
}

// part is what a piece of the expression can start and end with.
type part struct {
	first, last []int
	empty       bool
}

func (g *positionGraph) place(s Set) part {
	if len(g.sets) > maxPositions {
		g.failed = true
		return part{}
	}
	g.sets, g.follow = append(g.sets, s), append(g.follow, nil)
	at := []int{len(g.sets) - 1}
	return part{first: at, last: at}
}

func (g *positionGraph) link(from, to []int) {
	for _, a := range from {
		for _, b := range to {
			if slices.Contains(g.follow[a], b) {
				g.repeated[[2]int{a, b}] = true
			} else {
				g.follow[a] = append(g.follow[a], b)
			}
		}
	}
}

func (g *positionGraph) node(n *Node) part {
	if g.failed {
		return part{}
	}
	switch n.Op {
	case OpSet:
		return g.place(n.Set)
	case OpConcat:
		whole := part{empty: true}
		for _, s := range n.Subs {
			whole = g.concat(whole, g.node(s))
		}
		return whole
	case OpAlternate:
		var whole part
		for _, s := range n.Subs {
			p := g.node(s)
			whole.first = append(whole.first, p.first...)
			whole.last = append(whole.last, p.last...)
			whole.empty = whole.empty || p.empty
		}
		return whole
	case OpRepeat:
		if n.Possessive {
			return g.place(Set{})
		}
		return g.repeat(n)
	case OpCapture, OpGroup:
		return g.node(n.Subs[0])
	case OpAssert:
		if n.Assert == TextStart {
			return part{empty: true}
		}
	}
	return g.place(Set{})
}

func (g *positionGraph) concat(a, b part) part {
	g.link(a.last, b.first)
	whole := part{first: slices.Clone(a.first), last: slices.Clone(b.last), empty: a.empty && b.empty}
	if a.empty {
		whole.first = append(whole.first, b.first...)
	}
	if b.empty {
		whole.last = append(whole.last, a.last...)
	}
	return whole
}

// repeat writes up to three copies of a counted piece: more of them make no
// loop, and a loop is what counts.
func (g *positionGraph) repeat(n *Node) part {
	whole := part{empty: true}
	for i := range max(1, min(n.Min, 3)) {
		p := g.node(n.Subs[0])
		p.empty = p.empty || i >= n.Min
		if n.Max < 0 && i == max(1, min(n.Min, 3))-1 {
			g.link(p.last, p.first)
		}
		whole = g.concat(whole, p)
	}
	return whole
}

// distances returns a shortest way to every place that can be reached.
func (g *positionGraph) distances(from []int) [][]int {
	ways := make([][]int, len(g.sets))
	var queue []int
	for _, f := range from {
		if ways[f] == nil {
			ways[f] = []int{f}
			queue = append(queue, f)
		}
	}
	for head := 0; head < len(queue); head++ {
		at := queue[head]
		for _, next := range g.follow[at] {
			if ways[next] == nil {
				ways[next] = append(slices.Clone(ways[at]), next)
				queue = append(queue, next)
			}
		}
	}
	return ways
}

// spell returns a text that leads along the places.
func (g *positionGraph) spell(way []int) string {
	b := make([]byte, 0, len(way))
	for _, at := range way {
		b = append(b, nice(g.sets[at]))
	}
	return string(b)
}

// nice returns a byte of the set, one that stands well in a URI if there is.
func nice(s Set) byte {
	for _, r := range []string{"az", "09", "AZ", "!~"} {
		for c := int(r[0]); c <= int(r[1]); c++ {
			if s.Has(byte(c)) {
				return byte(c)
			}
		}
	}
	for c := 1; c < 256; c++ {
		if s.Has(byte(c)) {
			return byte(c)
		}
	}
	return 0
}

// twin is where two readers of the same text stand; split tells whether they
// have gone different ways.
type twin struct {
	a, b  int
	split bool
}

// pump returns a text that leads from a place back to it in two ways, or "".
func (g *positionGraph) pump(start int) string {
	type step struct {
		from int
		byte byte
	}
	at := []twin{{start, start, false}}
	came := []step{{-1, 0}}
	seen := map[twin]bool{at[0]: true}
	for head := 0; head < len(at); head++ {
		t := at[head]
		for _, a := range g.follow[t.a] {
			for _, b := range g.follow[t.b] {
				common := g.sets[a]
				for i := range common {
					common[i] &= g.sets[b][i]
				}
				c := nice(common)
				if c == 0 {
					continue
				}
				next := twin{a, b, t.split || a != b || t.a == t.b && g.repeated[[2]int{t.a, a}]}
				if next == (twin{start, start, true}) {
					text := []byte{c}
					for i := head; came[i].from >= 0; i = came[i].from {
						text = append(text, came[i].byte)
					}
					slices.Reverse(text)
					return string(text)
				}
				if !seen[next] {
					seen[next] = true
					at, came = append(at, next), append(came, step{head, c})
				}
			}
		}
	}
	return ""
}
