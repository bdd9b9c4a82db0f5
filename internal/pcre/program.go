package pcre

// maxProgram bounds the instructions of a program; repetitions are written out.
const maxProgram = 2000

// Automata run expressions by sets of states, in time that does not depend on
// how often they would backtrack. They know sets, alternatives, repetition, and
// the two ends of the text; other expressions have no program.

type instruction struct {
	op   opcode
	set  *Set
	x, y int // where to go on
}

type opcode uint8

const (
	opByte opcode = iota
	opSplit
	opJump
	opStart // the text starts here
	opEnd   // the text ends here
	opMatch
)

type program struct {
	code []instruction
	ok   bool
}

// compileProgram writes the program of a tree; false where it has none.
func compileProgram(t *Tree) (program, bool) {
	p := program{ok: true}
	p.node(t.Root)
	p.emit(instruction{op: opMatch})
	return p, p.ok
}

func (p *program) emit(i instruction) int {
	if len(p.code) >= maxProgram {
		p.ok = false
		return 0
	}
	p.code = append(p.code, i)
	return len(p.code) - 1
}

func (p *program) node(n *Node) {
	if !p.ok {
		return
	}
	switch n.Op {
	case OpSet:
		p.emit(instruction{op: opByte, set: &n.Set})
	case OpConcat:
		for _, s := range n.Subs {
			p.node(s)
		}
	case OpCapture, OpGroup:
		p.node(n.Subs[0])
	case OpAlternate:
		p.alternate(n.Subs)
	case OpRepeat:
		p.repeat(n)
	case OpAssert:
		switch n.Assert {
		case TextStart:
			p.emit(instruction{op: opStart})
		case TextEnd:
			p.emit(instruction{op: opEnd})
		default:
			p.ok = false
		}
	default:
		p.ok = false
	}
}

func (p *program) alternate(subs []*Node) {
	var ends []int
	for i, s := range subs {
		split := -1
		if i < len(subs)-1 {
			split = p.emit(instruction{op: opSplit, x: len(p.code) + 1})
		}
		p.node(s)
		if split >= 0 {
			ends = append(ends, p.emit(instruction{op: opJump}))
			p.code[split].y = len(p.code)
		}
	}
	for _, e := range ends {
		p.code[e].x = len(p.code)
	}
}

func (p *program) repeat(n *Node) {
	if n.Possessive {
		p.ok = false
	}
	for range n.Min {
		if p.node(n.Subs[0]); !p.ok {
			return
		}
	}
	if n.Max < 0 {
		split := p.emit(instruction{op: opSplit, x: len(p.code) + 1})
		p.node(n.Subs[0])
		p.emit(instruction{op: opJump, x: split})
		p.code[split].y = len(p.code)
		return
	}
	var splits []int
	for range n.Max - n.Min {
		splits = append(splits, p.emit(instruction{op: opSplit, x: len(p.code) + 1}))
		if p.node(n.Subs[0]); !p.ok {
			return
		}
	}
	for _, s := range splits {
		p.code[s].y = len(p.code)
	}
}

// states is a set of places in a program, sorted; matched is the only member
// of the set that has matched whatever follows.
type states []int32

// walker follows programs and counts its steps.
type walker struct {
	steps int // left
	seen  map[int32]bool
}

// closure adds the places that can be reached without a byte. start and end
// tell whether the text starts and ends here.
func (w *walker) closure(p *program, from states, start, end bool) (set states, matched bool) {
	w.seen = map[int32]bool{}
	stack := append(states{}, from...)
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if w.seen[pc] {
			continue
		}
		w.seen[pc] = true
		w.steps--
		switch i := p.code[pc]; i.op {
		case opByte:
			set = append(set, pc)
		case opEnd:
			if end {
				stack = append(stack, pc+1)
			} else {
				set = append(set, pc)
			}
		case opStart:
			if start {
				stack = append(stack, pc+1)
			}
		case opSplit:
			stack = append(stack, int32(i.x), int32(i.y))
		case opJump:
			stack = append(stack, int32(i.x))
		case opMatch:
			matched = true
		}
	}
	return set, matched
}

// step takes one byte, after which a search may start anew.
func (w *walker) step(p *program, from states, c byte) (states, bool) {
	next := states{0}
	for _, pc := range from {
		w.steps--
		if i := p.code[pc]; i.op == opByte && i.set.Has(c) {
			next = append(next, pc+1)
		}
	}
	return w.closure(p, next, false, false)
}
