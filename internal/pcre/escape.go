package pcre

import (
	"fmt"
	"strconv"
	"strings"
)

// escape translates a backslash outside a class.
func (t *translator) escape() error {
	rest := t.rest()
	if len(rest) < 2 {
		return fmt.Errorf(`\ at end of pattern`)
	}
	c := rest[1]
	if s, ok := escaped(c); ok {
		t.set(s)
		t.i += 2
		return nil
	}
	switch c {
	case 'Q':
		text := rest[2:]
		n := len(rest)
		if end := strings.Index(text, `\E`); end >= 0 {
			text, n = text[:end], end+4
		}
		for i := range len(text) {
			t.literal(text[i])
		}
		t.i += n
		return nil
	case 'E':
		t.i += 2
		return nil
	case 'b':
		t.assertion(boundary, Boundary)
	case 'B':
		t.assertion(noBoundary, NoBoundary)
	case 'A':
		t.assertion(`\A`, TextStart)
	case 'z':
		t.assertion(`\z`, TextEnd)
	case 'Z':
		t.t.dollar = true
		t.assertion("(?:"+dollar+")", TextEnd)
	case 'N':
		var s Set
		s.add('\n')
		t.set(s.inverse())
	case 'R':
		t.t.backtracks = true
		t.tree.newline()
		t.atom = len(t.out)
		t.out = append(t.out, `(?>\x0d\x0a|[\x0a-\x0d\x85])`...)
	case 'G', 'K', 'C', 'X', 'p', 'P':
		return fmt.Errorf(`\%c %w`, c, ErrUnsupported)
	case 'g', 'k':
		return t.backReference(rest)
	default:
		if c >= '1' && c <= '9' {
			digits := 1
			for digits+1 < len(rest) && rest[digits+1] >= '0' && rest[digits+1] <= '9' {
				digits++
			}
			n, _ := strconv.Atoi(rest[1 : 1+digits])
			// Below 10, or as many groups as that before it: a reference, else octal.
			if n < 10 || n < len(t.t.names) {
				t.reference(strconv.Itoa(n))
				t.i += 1 + digits
				return nil
			}
		}
		b, n, err := character(rest)
		if err != nil {
			return err
		}
		t.literal(b)
		t.i += n
		return nil
	}
	t.i += 2
	return nil
}

// backReference translates \g1, \g{1}, \g{-1}, \g{name}, \k{name}, \k<name>
// and \k'name'.
func (t *translator) backReference(rest string) error {
	name, n := "", 0
	if len(rest) > 2 {
		switch closing := map[byte]byte{'{': '}', '<': '>', '\'': '\''}[rest[2]]; {
		case closing != 0 && (rest[2] == '{' || rest[1] == 'k'):
			if end := strings.IndexByte(rest[3:], closing); end > 0 {
				name, n = rest[3:3+end], end+4
			}
		case closing != 0:
			return fmt.Errorf(`\g as a subroutine call %w`, ErrUnsupported)
		case rest[1] == 'g':
			n = 2
			for n < len(rest) && (rest[n] >= '0' && rest[n] <= '9' || n == 2 && rest[n] == '-') {
				n++
			}
			name = rest[2:n]
		}
	}
	if name == "" {
		return fmt.Errorf(`a numbered reference must not be zero, or a name is missing after \%c`, rest[1])
	}
	if back, err := strconv.Atoi(name); err == nil && back < 0 {
		name = strconv.Itoa(len(t.t.names) + back)
	}
	t.reference(name)
	t.i += n
	return nil
}

// character reads an escape that stands for one byte; n is its length.
func character(rest string) (b byte, n int, err error) {
	c := rest[1]
	switch c {
	case 'a':
		return 7, 2, nil
	case 'e':
		return 27, 2, nil
	case 'f':
		return 12, 2, nil
	case 'n':
		return 10, 2, nil
	case 'r':
		return 13, 2, nil
	case 't':
		return 9, 2, nil
	case 'c':
		if len(rest) < 3 {
			return 0, 0, fmt.Errorf(`\c at end of pattern`)
		}
		u := rest[2]
		if u >= 'a' && u <= 'z' {
			u -= 0x20
		}
		return u ^ 0x40, 3, nil
	case 'x':
		return hexadecimal(rest)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		v, i := 0, 1
		for i < len(rest) && i < 4 && rest[i] >= '0' && rest[i] <= '7' {
			v, i = v*8+int(rest[i]-'0'), i+1
		}
		if v > 255 {
			return 0, 0, fmt.Errorf("octal value is greater than \\377")
		}
		return byte(v), i, nil
	}
	if c|0x20 >= 'a' && c|0x20 <= 'z' {
		return 0, 0, fmt.Errorf(`unrecognized character follows \`)
	}
	return c, 2, nil
}

// hexadecimal reads \x, \x9, \x9a or \x{9a}.
func hexadecimal(rest string) (byte, int, error) {
	if strings.HasPrefix(rest, `\x{`) {
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			end = 3
		}
		v, err := strconv.ParseUint(rest[3:end], 16, 32)
		if err != nil {
			return 0, 0, fmt.Errorf(`non-hex character in \x{} (closing brace missing?)`)
		}
		if v > 255 {
			return 0, 0, fmt.Errorf(`character code point value in \x{} or \o{} is too large`)
		}
		return byte(v), end + 1, nil
	}
	i := 2
	for i < len(rest) && i < 4 && isHex(rest[i]) {
		i++
	}
	v, _ := strconv.ParseUint("0"+rest[2:i], 16, 16)
	return byte(v), i, nil
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// bracket translates a class.
func (t *translator) bracket() error {
	var s Set
	i := t.i + 1
	negated := i < len(t.src) && t.src[i] == '^'
	if negated {
		i++
	}
	first := true
	for ; ; first = false {
		if i >= len(t.src) {
			return fmt.Errorf("missing terminating ] for character class")
		}
		if t.src[i] == ']' && !first {
			break
		}
		low, many, n, err := t.member(i)
		if err != nil {
			return err
		}
		i += n
		if n == 0 {
			return fmt.Errorf("missing terminating ] for character class")
		}
		if many != nil {
			s.union(*many)
			continue
		}
		if low < 0 {
			continue // \E
		}
		if i+1 < len(t.src) && t.src[i] == '-' && t.src[i+1] != ']' {
			high, many, n, err := t.member(i + 1)
			if err != nil {
				return err
			}
			if many == nil && high >= 0 {
				if high < low {
					return fmt.Errorf("range out of order in character class")
				}
				s.addRange(byte(low), byte(high))
				i += 1 + n
				continue
			}
		}
		s.add(byte(low))
	}
	if t.flags.i {
		s.fold()
	}
	if negated {
		s = s.inverse()
	}
	t.i = i + 1
	t.set(s)
	return nil
}

// member reads one member of a class at i: a byte, or a set of them. n is its
// length; the byte is -1 when it stands for nothing.
func (t *translator) member(i int) (b int, many *Set, n int, err error) {
	rest := t.src[i:]
	if strings.HasPrefix(rest, "[:") {
		if end := strings.Index(rest, ":]"); end > 1 && posix(rest[2:end]) {
			name := strings.TrimPrefix(rest[2:end], "^")
			s, ok := class(name)
			if !ok {
				return 0, nil, 0, fmt.Errorf("unknown POSIX class name")
			}
			if len(name) < end-2 {
				s = s.inverse()
			}
			return 0, &s, end + 2, nil
		}
	}
	if rest[0] != '\\' {
		return int(rest[0]), nil, 1, nil
	}
	if len(rest) < 2 {
		return 0, nil, 0, fmt.Errorf(`\ at end of pattern`)
	}
	if s, ok := escaped(rest[1]); ok {
		return 0, &s, 2, nil
	}
	switch rest[1] {
	case 'b':
		return '\b', nil, 2, nil
	case 'E':
		return -1, nil, 2, nil
	case 'Q', 'p', 'P':
		return 0, nil, 0, fmt.Errorf(`\%c in a class %w`, rest[1], ErrUnsupported)
	case 'N', 'R', 'X', 'B':
		return 0, nil, 0, fmt.Errorf(`escape sequence is invalid in character class`)
	}
	c, n, err := character(rest)
	return int(c), nil, n, err
}

func posix(name string) bool {
	name = strings.TrimPrefix(name, "^")
	for i := range len(name) {
		if name[i] < 'a' || name[i] > 'z' {
			return false
		}
	}
	return name != ""
}
