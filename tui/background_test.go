package tui

import (
	"os"
	"strings"
	"testing"
)

// The answer of a terminal is taken out of what is typed, however it is cut.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		came  []string
		typed string
		said  []bool // dark
	}{
		{[]string{"abc", "\x1b", "[A"}, "abc\x1b[A", nil},
		{[]string{"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"}, "", []bool{false}},
		{[]string{"a\x1b]11;rgb:1e/1e/1e\ab"}, "ab", []bool{true}},
		{[]string{"a\x1b]1", "1;rgb:fdf6/f6e3", "/d5d5\x1b", "\\b"}, "ab", []bool{false}},
		{[]string{"\x1b]", "x"}, "\x1b]x", nil},
		{[]string{"\x1b]11;rgba:0000/0000/0000/ffff\a"}, "", []bool{true}},
		{[]string{"\x1b]11;what\a!"}, "!", nil},
		{[]string{"\x1b]11;" + strings.Repeat("x", 70)}, "\x1b]11;" + strings.Repeat("x", 70), nil},
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var said []bool
		k := &keyboard{File: r, answered: func(b background) { said = append(said, b.dark) }}
		typed, buffer := "", make([]byte, 256)
		for _, s := range c.came {
			if _, err := w.WriteString(s); err != nil {
				t.Fatal(err)
			}
			n, err := k.Read(buffer)
			if err != nil {
				t.Fatal(err)
			}
			typed += string(buffer[:n])
		}
		if typed != c.typed || len(said) != len(c.said) || len(said) > 0 && said[0] != c.said[0] {
			t.Errorf("%q: typed %q, want %q; dark %v, want %v", c.came, typed, c.typed, said, c.said)
		}
		r.Close()
		w.Close()
	}
}
