package pcre

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxDepth is the nesting of parentheses that PCRE allows.
const maxDepth = 250

// maxLength is above the 4,096 bytes that nginx reads as one word.
const maxLength = 8192

// translation is an expression in the words of the two engines.
type translation struct {
	linear, backtracking string
	// backtracks tells that only the second engine can run it.
	backtracks bool
	// dollar tells that the two differ on texts that end with a line feed.
	dollar bool
	names  []string // of the groups, counted from 1
}

// flags are the options that (?imsx) changes.
type flags struct{ i, m, s, x bool }

// group is an open parenthesis.
type group struct {
	at    int // where it starts in the output
	outer flags
	look  bool // an assertion
}

// translator rewrites an expression piece by piece: classes and escapes become
// sets of bytes, names of groups become numbers, and options are applied where
// they hold, so that what is left means the same to both engines.
type translator struct {
	src   string
	i     int
	out   []byte
	flags flags
	open  []group
	t     translation
	// atom is where the last piece that a quantifier may follow starts in the
	// output, -1 when there is none.
	atom       int
	references []string     // names that \k{} asks for
	tree       *treeBuilder // nil when no tree is wanted
}

func translate(pattern string, ignoreCase bool) (translation, error) {
	return translateInto(pattern, ignoreCase, nil)
}

// translateInto translates an expression and gives its pieces to a tree.
func translateInto(pattern string, ignoreCase bool, tree *treeBuilder) (translation, error) {
	if len(pattern) > maxLength {
		return translation{}, fmt.Errorf("pattern of %d bytes %w", len(pattern), ErrUnsupported)
	}
	t := &translator{src: pattern, flags: flags{i: ignoreCase}, atom: -1, tree: tree}
	t.t.names = []string{""}
	for t.i < len(t.src) {
		tree.next(t.i)
		if err := t.next(); err != nil {
			return translation{}, err
		}
	}
	tree.next(t.i)
	if len(t.open) > 0 {
		return translation{}, fmt.Errorf("missing closing parenthesis")
	}
	text := string(t.out)
	for i, name := range t.references {
		number, err := t.t.number(name)
		if err != nil {
			return translation{}, err
		}
		text = strings.Replace(text, mark(i), `(?:\`+strconv.Itoa(number)+`)`, 1)
	}
	t.t.linear = text
	t.t.backtracking = text
	if strings.Contains(text, "\x00") {
		t.t.linear = forLinear.Replace(text)
		t.t.backtracking = forBacktracking.Replace(text)
	}
	return t.t, nil
}

// What the engines say in different words stands in the output between bytes
// that no pattern leads to, since its own are written as sets and escapes.
const (
	dollar      = "\x00$\x00" // outside multi-line mode
	boundary    = "\x00b\x00"
	noBoundary  = "\x00B\x00"
	wordAfter   = `(?=[0-9A-Z_a-z])`
	noneAfter   = `(?![0-9A-Z_a-z])`
	wordBefore  = `(?<=[0-9A-Z_a-z])`
	noneBefore  = `(?<![0-9A-Z_a-z])`
	asBoundary  = "(?:" + wordBefore + noneAfter + "|" + noneBefore + wordAfter + ")"
	notBoundary = "(?:" + wordBefore + wordAfter + "|" + noneBefore + noneAfter + ")"
)

var (
	forLinear       = strings.NewReplacer(dollar, `\z`, boundary, `\b`, noBoundary, `\B`)
	forBacktracking = strings.NewReplacer(dollar, `$`, boundary, asBoundary, noBoundary, notBoundary)
)

// mark stands in the output for the nth reference to a group.
func mark(n int) string { return "\x00" + strconv.Itoa(n) + "\x00" }

// number returns the number of the group that a reference means.
func (t *translation) number(reference string) (int, error) {
	if n, err := strconv.Atoi(reference); err == nil {
		if n < 1 || n >= len(t.names) {
			return 0, fmt.Errorf("reference to non-existent subpattern")
		}
		return n, nil
	}
	for n, name := range t.names {
		if name == reference && name != "" {
			return n, nil
		}
	}
	return 0, fmt.Errorf("reference to non-existent subpattern")
}

func (t *translator) rest() string { return t.src[t.i:] }

// next translates one piece of the expression.
func (t *translator) next() error {
	c := t.src[t.i]
	if t.flags.x && (c == ' ' || c >= '\t' && c <= '\r') {
		t.i++
		return nil
	}
	switch c {
	case '\\':
		return t.escape()
	case '[':
		return t.bracket()
	case '(':
		return t.parenthesis()
	case ')':
		if len(t.open) == 0 {
			return fmt.Errorf("unmatched closing parenthesis")
		}
		g := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.out = append(t.out, ')')
		t.flags, t.atom = g.outer, g.at
		t.tree.close(t.i + 1)
	case '|':
		t.tree.alternate(t.i)
		t.out = append(t.out, '|')
		t.atom = -1
	case '^':
		if t.flags.m {
			t.assertion(`(?m:^)`, LineStart)
		} else {
			t.assertion(`\A`, TextStart)
		}
	case '$':
		if t.flags.m {
			t.assertion(`(?m:$)`, LineEnd)
			break
		}
		t.t.dollar = true
		t.assertion("(?:"+dollar+")", TextEnd)
	case '.':
		var s Set
		if !t.flags.s {
			s.add('\n')
		}
		t.set(s.inverse())
	case '*', '+', '?', '{':
		if n, ok := quantifier(t.rest()); ok {
			return t.repeat(n)
		}
		t.literal(c)
	case '#':
		if t.flags.x {
			if end := strings.IndexByte(t.rest(), '\n'); end >= 0 {
				t.i += end + 1
			} else {
				t.i = len(t.src)
			}
			return nil
		}
		t.literal(c)
	default:
		t.literal(c)
	}
	t.i++
	return nil
}

// assertion writes what matches no bytes; no quantifier may follow it.
func (t *translator) assertion(text string, place Assertion) {
	t.tree.piece(&Node{Op: OpAssert, Assert: place})
	t.atom = -1
	t.out = append(t.out, text...)
}

func (t *translator) set(s Set) {
	t.tree.piece(&Node{Op: OpSet, Set: s})
	t.atom = len(t.out)
	t.out = s.append(t.out)
}

// literal writes one byte that stands for itself.
func (t *translator) literal(c byte) {
	var s Set
	s.add(c)
	if letter := c | 0x20; t.flags.i && letter >= 'a' && letter <= 'z' {
		s.fold()
		t.set(s)
		return
	}
	t.tree.piece(&Node{Op: OpSet, Set: s})
	t.atom = len(t.out)
	if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '/' || c == '_' {
		t.out = append(t.out, c)
		return
	}
	t.out = appendHex(t.out, c)
}

// quantifier returns the length of the quantifier that text starts with.
func quantifier(text string) (int, bool) {
	if text[0] != '{' {
		return 1, true
	}
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return 0, false
	}
	from, to, comma := strings.Cut(text[1:end], ",")
	if !number(from) || comma && to != "" && !number(to) {
		return 0, false
	}
	return end + 1, true
}

func number(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// repeat writes a quantifier of n bytes, with the ? or + that may follow.
func (t *translator) repeat(n int) error {
	if t.atom < 0 {
		return fmt.Errorf("quantifier does not follow a repeatable item")
	}
	text := t.rest()[:n]
	least, most := 0, -1
	switch text[0] {
	case '+':
		least = 1
	case '?':
		most = 1
	case '{':
		from, to, comma := strings.Cut(text[1:n-1], ",")
		low, err1 := strconv.Atoi(from)
		high := low
		var err2 error
		if comma && to != "" {
			high, err2 = strconv.Atoi(to)
		}
		switch {
		case err1 != nil || err2 != nil || low > 65535 || high > 65535:
			return fmt.Errorf("number too big in {} quantifier")
		case high < low:
			return fmt.Errorf("numbers out of order in {} quantifier")
		}
		least, most = low, high
		if comma && to == "" {
			most = -1
		}
		// Go takes {02} for itself; PCRE reads a number.
		switch {
		case !comma:
			text = fmt.Sprintf("{%d}", low)
		case to == "":
			text = fmt.Sprintf("{%d,}", low)
		default:
			text = fmt.Sprintf("{%d,%d}", low, high)
		}
	}
	t.i += n
	lazy, possessive := "", false
	if t.i < len(t.src) {
		switch t.src[t.i] {
		case '?':
			lazy, t.i = "?", t.i+1
		case '+':
			possessive, t.i = true, t.i+1
		}
	}
	t.tree.repeat(least, most, lazy != "", possessive)
	if possessive {
		t.t.backtracks = true
		t.out = slices.Insert(t.out, t.atom, []byte("(?>")...)
	}
	t.out = append(append(t.out, text...), lazy...)
	if possessive {
		t.out = append(t.out, ')')
	}
	t.atom = -1
	return nil
}
