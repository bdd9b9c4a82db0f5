package pcre

import (
	"slices"
	"strings"
)

// maxSteps bounds the work of one question.
const maxSteps = 300_000

// Outside looks for a path (a text that starts with prefix, such as "/", and
// holds no line feed after it) in which t matches and none of the others does.
// found is false when there is none: whatever t matches, one of the others
// matches too. known is false where the expressions, or the work, are more than
// this can answer.
func Outside(prefix string, t *Tree, others ...*Tree) (path string, found, known bool) {
	programs := make([]program, 0, len(others)+1)
	for _, tree := range append([]*Tree{t}, others...) {
		p, ok := compileProgram(tree)
		if !ok {
			return "", false, false
		}
		programs = append(programs, p)
	}
	s := search{programs: programs, w: walker{steps: maxSteps}, seen: map[string]bool{}}
	return s.run(prefix, alphabet(programs))
}

// search walks all programs at once, shortest texts first.
type search struct {
	programs []program
	w        walker
	seen     map[string]bool
	queue    []point
}

// point is where the programs stand after a text.
type point struct {
	text string
	at   []states // nil: this program has matched, whatever follows
}

func (s *search) run(prefix string, bytes []byte) (path string, found, known bool) {
	first := point{at: make([]states, len(s.programs))}
	for i := range s.programs {
		set, matched := s.w.closure(&s.programs[i], states{0}, true, false)
		if matched && i > 0 {
			return "", false, true // one of the others matches everything
		}
		if !matched {
			first.at[i] = nonNil(set)
		}
	}
	for i := range len(prefix) - 1 {
		next, _, alive := s.advance(first, prefix[i], nil)
		if !alive {
			return "", false, true
		}
		first = next
	}
	if s.push(first, prefix[len(prefix)-1]) {
		return s.queue[len(s.queue)-1].text, true, true
	}
	for head := 0; head < len(s.queue); head++ {
		p := s.queue[head]
		for _, c := range bytes {
			if s.push(p, c) {
				return s.queue[len(s.queue)-1].text, true, true
			}
			if s.w.steps <= 0 {
				return "", false, false
			}
		}
	}
	return "", false, true
}

// push goes on from a point by one byte; it is true when the text ends there
// as one that is looked for.
func (s *search) push(from point, c byte) bool {
	var key strings.Builder
	next, found, alive := s.advance(from, c, &key)
	if !alive || s.seen[key.String()] {
		return false
	}
	s.seen[key.String()] = true
	s.queue = append(s.queue, next)
	return found
}

// advance takes one byte. alive is false when one of the others matches from
// there on, whatever follows; found tells whether the text may end there. key
// gets what tells the new point from others.
func (s *search) advance(from point, c byte, key *strings.Builder) (next point, found, alive bool) {
	if key == nil {
		key = &strings.Builder{}
	}
	next = point{text: from.text + string([]byte{c}), at: make([]states, len(s.programs))}
	found = true
	for i := range s.programs {
		if from.at[i] == nil {
			key.WriteByte('*')
			continue
		}
		set, matched := s.w.step(&s.programs[i], from.at[i], c)
		if matched {
			if i > 0 {
				return next, false, false
			}
			key.WriteByte('*')
			continue
		}
		set = nonNil(set)
		next.at[i] = set
		slices.Sort(set)
		for _, pc := range set {
			key.WriteByte(byte(pc))
			key.WriteByte(byte(pc >> 8))
		}
		key.WriteByte('|')
		_, ends := s.w.closure(&s.programs[i], set, false, true)
		if ends != (i == 0) {
			found = false
		}
	}
	return next, found, true
}

func nonNil(s states) states {
	if s == nil {
		return states{}
	}
	return s
}

// alphabet returns one byte of each class that the programs tell apart,
// letters where there is a choice, never a line feed or a zero byte.
func alphabet(programs []program) []byte {
	classes := make([]int, 256)
	count := 1
	for i := range programs {
		for _, in := range programs[i].code {
			if in.op == opByte && count < 250 {
				count = split(classes, in.set)
			}
		}
	}
	chosen := map[int]bool{}
	var bytes []byte
	take := func(from, to byte) {
		for c := int(from); c <= int(to); c++ {
			if c != '\n' && c != 0 && !chosen[classes[c]] {
				chosen[classes[c]] = true
				bytes = append(bytes, byte(c))
			}
		}
	}
	take('a', 'z')
	take('0', '9')
	take('!', '~')
	take(1, 255)
	return bytes
}

// split refines classes of bytes by a set and returns their number.
func split(classes []int, s *Set) int {
	type half struct {
		class int
		in    bool
	}
	numbers := map[half]int{}
	for c := range classes {
		h := half{classes[c], s.Has(byte(c))}
		if _, ok := numbers[h]; !ok {
			numbers[h] = len(numbers)
		}
		classes[c] = numbers[h]
	}
	return len(numbers)
}
