package pcre

import (
	"fmt"
	"strings"
)

// lookarounds are the assertions, by how they start.
var lookarounds = []string{"(?=", "(?!", "(?<=", "(?<!"}

// parenthesis translates an opening parenthesis with what belongs to it.
func (t *translator) parenthesis() error {
	if len(t.open) >= maxDepth {
		return fmt.Errorf("parentheses are too deeply nested")
	}
	rest := t.rest()
	switch {
	case strings.HasPrefix(rest, "(*"):
		return fmt.Errorf("verb %w", ErrUnsupported)
	case !strings.HasPrefix(rest, "(?"):
		t.t.names = append(t.t.names, "")
		t.enter("(", 1, &Node{Op: OpCapture, Number: len(t.t.names) - 1})
		return nil
	case strings.HasPrefix(rest, "(?#"):
		end := strings.IndexByte(rest, ')')
		if end < 0 {
			return fmt.Errorf("missing ) after (?# comment")
		}
		t.i += end + 1
		return nil
	case strings.HasPrefix(rest, "(?>"):
		t.t.backtracks = true
		t.enter("(?>", 3, &Node{Op: OpAtomic})
		return nil
	}
	for _, look := range lookarounds {
		if strings.HasPrefix(rest, look) {
			t.t.backtracks = true
			t.enter(look, len(look), &Node{Op: OpLook, Behind: look[2] == '<', Negative: look[len(look)-1] == '!'})
			return nil
		}
	}
	if name, n := groupName(rest); n > 0 {
		return t.named(name, n)
	}
	for _, start := range []string{"(?P=", "(?P>", "(?|", "(?R", "(?&", "(?C", "(?("} {
		if strings.HasPrefix(rest, start) {
			if end := strings.IndexByte(rest, ')'); start == "(?P=" && end > 0 {
				t.i += end + 1
				t.reference(rest[len(start):end])
				return nil
			}
			return fmt.Errorf("group %s %w", start, ErrUnsupported)
		}
	}
	return t.options(rest)
}

// enter opens a group; n is its length in the source.
func (t *translator) enter(text string, n int, node *Node) {
	t.tree.open(node)
	t.tree.opened(t.i + n)
	t.open = append(t.open, group{at: len(t.out), outer: t.flags})
	t.out = append(t.out, text...)
	t.atom = -1
	t.i += n
}

// groupName reads (?<name>, (?P<name> or (?'name'; n is its length, 0 for
// anything else.
func groupName(s string) (name string, n int) {
	start, end := 0, byte('>')
	switch {
	case strings.HasPrefix(s, "(?<"):
		start = 3
	case strings.HasPrefix(s, "(?P<"):
		start = 4
	case strings.HasPrefix(s, "(?'"):
		start, end = 3, '\''
	default:
		return "", 0
	}
	length := strings.IndexByte(s[start:], end)
	if length < 0 {
		return "", len(s)
	}
	return s[start : start+length], start + length + 1
}

func (t *translator) named(name string, n int) error {
	if name == "" || name[0] >= '0' && name[0] <= '9' || len(name) > 32 {
		return fmt.Errorf("subpattern name expected")
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return fmt.Errorf("syntax error in subpattern name (missing terminator?)")
		}
	}
	for _, known := range t.t.names {
		if known == name {
			return fmt.Errorf("two named subpatterns have the same name")
		}
	}
	t.t.names = append(t.t.names, name)
	t.enter("(", n, &Node{Op: OpCapture, Number: len(t.t.names) - 1, Name: name})
	return nil
}

// options translates (?imsx-imsx) and (?imsx-imsx:
func (t *translator) options(rest string) error {
	f, on := t.flags, true
	for i := 2; i < len(rest); i++ {
		switch rest[i] {
		case 'i':
			f.i = on
		case 'm':
			f.m = on
		case 's':
			f.s = on
		case 'x':
			f.x = on
		case '-':
			on = false
		case '^':
			f = flags{}
		case ':':
			t.enter("(?:", i+1, &Node{Op: OpGroup})
			t.flags = f
			return nil
		case ')':
			// They hold up to the end of the group, across its alternatives.
			t.flags, t.atom = f, -1
			t.i += i + 1
			return nil
		case 'U', 'J', 'n', '+', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			return fmt.Errorf("group (?%c %w", rest[i], ErrUnsupported)
		default:
			return fmt.Errorf("unrecognized character after (? or (?-")
		}
	}
	return fmt.Errorf("missing closing parenthesis")
}

// reference writes a back reference; what it means is known at the end.
func (t *translator) reference(to string) {
	t.t.backtracks = true
	t.atom = len(t.out)
	open := "(?:"
	if t.flags.i {
		open = "(?i:"
	}
	t.out = append(t.out, open+mark(len(t.references))+")"...)
	t.references = append(t.references, to)
	t.tree.reference(to)
}
