package pcre

// Set is a set of bytes.
type Set [4]uint64

func (s *Set) add(c byte) { s[c>>6] |= 1 << (c & 63) }

// Has tells whether the set holds a byte.
func (s *Set) Has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

func (s *Set) union(o Set) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s Set) inverse() Set {
	for i := range s {
		s[i] = ^s[i]
	}
	return s
}

func (s *Set) addRange(from, to byte) {
	for c := int(from); c <= int(to); c++ {
		s.add(byte(c))
	}
}

// fold adds the other case of every ASCII letter, as PCRE's default tables do.
func (s *Set) fold() {
	for c := byte('a'); c <= 'z'; c++ {
		if s.Has(c) {
			s.add(c - 'a' + 'A')
		} else if s.Has(c - 'a' + 'A') {
			s.add(c)
		}
	}
}

// append writes the set as a class of both engines.
func (s Set) append(b []byte) []byte {
	if s == (Set{}) {
		return append(b, `[^\x00-\xff]`...)
	}
	b = append(b, '[')
	for c := 0; c < 256; c++ {
		if !s.Has(byte(c)) {
			continue
		}
		end := c
		for end < 255 && s.Has(byte(end+1)) {
			end++
		}
		b = appendHex(b, byte(c))
		if end > c {
			b = appendHex(append(b, '-'), byte(end))
		}
		c = end
	}
	return append(b, ']')
}

func appendHex(b []byte, c byte) []byte {
	const digits = "0123456789abcdef"
	return append(b, '\\', 'x', digits[c>>4], digits[c&15])
}

// classes are PCRE's classes of bytes in the C locale.
var classes = map[string]string{
	"alpha": "AZaz", "digit": "09", "alnum": "09AZaz", "upper": "AZ", "lower": "az", "xdigit": "09AFaf",
	"space": "\t\r  ", "blank": "\t\t  ", "cntrl": "\x00\x1f\x7f\x7f", "print": " ~", "graph": "!~",
	"punct": "!/:@[`{~", "word": "09AZ__az", "ascii": "\x00\x7f",
}

// class returns the bytes of a class by its POSIX name.
func class(name string) (Set, bool) {
	var s Set
	ranges, ok := classes[name]
	for i := 0; i+1 < len(ranges); i += 2 {
		s.addRange(ranges[i], ranges[i+1])
	}
	return s, ok
}

// escaped returns the bytes of an escape that stands for a class, such as \d.
func escaped(letter byte) (Set, bool) {
	name := ""
	switch letter | 0x20 {
	case 'd':
		name = "digit"
	case 'w':
		name = "word"
	case 's':
		name = "space"
	case 'h':
		var s Set
		s.add('\t')
		s.add(' ')
		s.add(0xa0)
		return sign(s, letter), true
	case 'v':
		var s Set
		s.addRange('\n', '\r')
		s.add(0x85)
		return sign(s, letter), true
	default:
		return Set{}, false
	}
	s, _ := class(name)
	return sign(s, letter), true
}

// sign inverts a set when its letter is a capital.
func sign(s Set, letter byte) Set {
	if letter < 'a' {
		return s.inverse()
	}
	return s
}
