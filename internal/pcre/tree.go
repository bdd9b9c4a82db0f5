package pcre

// Op is the kind of a node of a syntax tree.
type Op uint8

// The kinds of nodes.
const (
	OpSet       Op = iota // one byte out of Set: a literal, a dot, an escape or a class
	OpConcat              // all of Subs, one after the other; the empty text when there are none
	OpAlternate           // one of Subs
	OpRepeat              // Subs[0], Min to Max times
	OpCapture             // Subs[0], kept as the group Number
	OpGroup               // Subs[0] in (?:...) or (?i:...)
	OpAtomic              // Subs[0] in (?>...)
	OpLook                // Subs[0] is looked for and not taken: Behind, Negative
	OpAssert              // a place: Assert
	OpReference           // what the group Number took
)

// Assertion is a place between bytes.
type Assertion uint8

// The assertions.
const (
	TextStart  Assertion = iota // ^ and \A
	TextEnd                     // $, \z and \Z; the first and last also hold before a final line feed
	LineStart                   // ^ in (?m)
	LineEnd                     // $ in (?m)
	Boundary                    // \b
	NoBoundary                  // \B
)

// Node is a piece of an expression.
type Node struct {
	Op Op
	// Start and End are the bytes of the pattern that the piece is written in.
	// For OpSet out of \Q...\E that is the whole of it.
	Start, End int
	Subs       []*Node
	Set        Set // of OpSet; both cases of a letter where case is ignored
	// Min and Max are the bounds of OpRepeat; Max is -1 without one.
	Min, Max         int
	Lazy, Possessive bool
	Behind, Negative bool // of OpLook
	Number           int  // of OpCapture and OpReference, counted from 1
	Name             string
	Assert           Assertion
}

// Tree is the syntax tree of an expression. It is read only.
type Tree struct {
	Pattern string
	Root    *Node
	// Groups holds the capturing groups by number; Groups[0] is Root.
	Groups []*Node
	// Names holds the name of each group, "" for one without; Names[0] is "".
	Names []string
}

// Parse reads an expression as Compile does, into a tree. The errors are those
// of Compile.
func Parse(pattern string, ignoreCase bool) (*Tree, error) {
	b := &treeBuilder{}
	b.open(&Node{Op: OpGroup})
	t, err := translateInto(pattern, ignoreCase, b)
	if err != nil {
		return nil, err
	}
	b.close(len(pattern))
	root := b.done.Subs[0]
	tree := &Tree{Pattern: pattern, Root: root, Groups: make([]*Node, len(t.names)), Names: t.names}
	tree.Groups[0] = root
	for n := range tree.All() {
		if n.Op == OpCapture {
			tree.Groups[n.Number] = n
		}
	}
	for i, n := range b.references {
		if number, err := t.number(b.referenceNames[i]); err == nil {
			n.Number = number
		}
	}
	return tree, nil
}

// All yields every node, each before its parts.
func (t *Tree) All() func(yield func(*Node) bool) {
	return func(yield func(*Node) bool) { t.Root.all(yield) }
}

func (n *Node) all(yield func(*Node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, s := range n.Subs {
		if !s.all(yield) {
			return false
		}
	}
	return true
}

// Text returns the piece of the pattern that a node is written in.
func (t *Tree) Text(n *Node) string { return t.Pattern[n.Start:n.End] }

// CanHold tells whether the text that a group takes can hold the byte; group 0
// is the whole match. It errs on the side of yes: lookaround around the group
// is not asked.
//
// This answers "can $1 hold a line break": CanHold(1, '\n').
func (t *Tree) CanHold(group int, c byte) bool {
	return group < len(t.Groups) && t.Groups[group] != nil && t.canHold(t.Groups[group], c, 0)
}

func (t *Tree) canHold(n *Node, c byte, depth int) bool {
	switch n.Op {
	case OpSet:
		return n.Set.Has(c)
	case OpLook, OpAssert:
		return false
	case OpReference:
		// A group may refer to itself.
		return depth > len(t.Groups) || n.Number < len(t.Groups) && t.Groups[n.Number] != nil && t.canHold(t.Groups[n.Number], c, depth+1)
	case OpRepeat:
		if n.Max == 0 {
			return false
		}
	}
	for _, s := range n.Subs {
		if t.canHold(s, c, depth) {
			return true
		}
	}
	return false
}

// treeBuilder collects the nodes that the translator meets. A nil one does
// nothing.
type treeBuilder struct {
	frames         []frame
	done           *Node
	start          int // where the piece that is being read starts
	references     []*Node
	referenceNames []string
}

// frame is a group that is open: its alternatives, and the pieces of the last.
type frame struct {
	group *Node
	alts  []*Node
	cur   []*Node
	from  int // where the last alternative starts
}

func (b *treeBuilder) open(group *Node) {
	if b == nil {
		return
	}
	group.Start = b.start
	b.frames = append(b.frames, frame{group: group})
}

// opened notes that what opens a group reaches up to end.
func (b *treeBuilder) opened(end int) {
	if b != nil {
		b.frames[len(b.frames)-1].from = end
	}
}

// close ends the innermost group; end is after its parenthesis.
func (b *treeBuilder) close(end int) {
	if b == nil {
		return
	}
	f := &b.frames[len(b.frames)-1]
	inner := end - 1
	if len(b.frames) == 1 {
		inner = end
	}
	b.alternate(inner)
	f.group.End = end
	if len(f.alts) == 1 {
		f.group.Subs = f.alts
	} else {
		f.group.Subs = []*Node{{Op: OpAlternate, Start: f.alts[0].Start, End: inner, Subs: f.alts}}
	}
	group := f.group
	b.frames = b.frames[:len(b.frames)-1]
	if len(b.frames) == 0 {
		b.done = group
		return
	}
	b.add(group)
}

// alternate ends an alternative at a bar.
func (b *treeBuilder) alternate(end int) {
	if b == nil {
		return
	}
	f := &b.frames[len(b.frames)-1]
	if len(f.cur) == 1 {
		f.alts = append(f.alts, f.cur[0])
	} else {
		f.alts = append(f.alts, &Node{Op: OpConcat, Start: f.from, End: end, Subs: f.cur})
	}
	f.cur, f.from = nil, end+1
}

func (b *treeBuilder) add(n *Node) {
	f := &b.frames[len(b.frames)-1]
	f.cur = append(f.cur, n)
}

// piece adds a node without parts, which ends where the translator will stand
// after it.
func (b *treeBuilder) piece(n *Node) {
	if b == nil {
		return
	}
	n.Start, n.End = b.start, -1
	b.add(n)
}

func (b *treeBuilder) reference(name string) {
	if b == nil {
		return
	}
	n := &Node{Op: OpReference}
	b.piece(n)
	b.references, b.referenceNames = append(b.references, n), append(b.referenceNames, name)
}

// repeat puts the last piece under a quantifier.
func (b *treeBuilder) repeat(low, high int, lazy, possessive bool) {
	if b == nil {
		return
	}
	f := &b.frames[len(b.frames)-1]
	last := len(f.cur) - 1
	f.cur[last] = &Node{Op: OpRepeat, Start: f.cur[last].Start, End: -1, Subs: []*Node{f.cur[last]}, Min: low, Max: high, Lazy: lazy, Possessive: possessive}
}

// next tells that a piece starts, which ends those before it.
func (b *treeBuilder) next(at int) {
	if b == nil {
		return
	}
	b.start = at
	cur := b.frames[len(b.frames)-1].cur
	for i := len(cur) - 1; i >= 0 && cur[i].End < 0; i-- {
		cur[i].End = at
	}
}

// newline adds \R: a line break of two bytes, or one.
func (b *treeBuilder) newline() {
	if b == nil {
		return
	}
	one := func(from, to byte) *Node {
		n := &Node{Op: OpSet, Start: b.start, End: b.start + 2}
		n.Set.addRange(from, to)
		return n
	}
	single := one('\n', '\r')
	single.Set.add(0x85)
	pair := &Node{Op: OpConcat, Start: b.start, End: b.start + 2, Subs: []*Node{one('\r', '\r'), one('\n', '\n')}}
	either := &Node{Op: OpAlternate, Start: b.start, End: b.start + 2, Subs: []*Node{pair, single}}
	b.piece(&Node{Op: OpAtomic, Subs: []*Node{either}})
}
