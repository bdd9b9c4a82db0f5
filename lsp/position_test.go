package lsp

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPositions(t *testing.T) {
	t.Parallel()
	src := "a\n中文𝄞x\r\n\rlast\xff!"
	for _, c := range []struct {
		pos    position
		e      encoding
		offset int
		back   position
	}{
		{position{0, 0}, utf16Units, 0, position{0, 0}},
		{position{0, 9}, utf16Units, 1, position{0, 1}},
		{position{1, 2}, utf16Units, 8, position{1, 2}},
		{position{1, 3}, utf16Units, 8, position{1, 2}}, // within a surrogate pair
		{position{1, 4}, utf16Units, 12, position{1, 4}},
		{position{1, 11}, utf8Units, 13, position{1, 11}},
		{position{1, 12}, utf8Units, 13, position{1, 11}},
		{position{1, 99}, utf16Units, 13, position{1, 5}},
		{position{2, 0}, utf16Units, 15, position{2, 0}},
		{position{3, 5}, utf16Units, 21, position{3, 5}},
		{position{99, 0}, utf16Units, 22, position{3, 6}},
		{position{-1, -4}, utf16Units, 0, position{0, 0}},
		{position{1, -4}, utf8Units, 2, position{1, 0}},
	} {
		x := newText(src)
		got := x.offset(c.pos, c.e)
		if got != c.offset {
			t.Errorf("offset(%v, %s) = %d, want %d", c.pos, c.e, got, c.offset)
		}
		if back := x.position(got, c.e); back != c.back {
			t.Errorf("position(%d, %s) = %v, want %v", got, c.e, back, c.back)
		}
	}
}

// TestReplace compares the lines after random edits with those of a text that
// is read anew.
func TestReplace(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"", "a", "\r", "\n", "\r\n", "x\ny\rz", "中\n"}
	x := newText("one\r\ntwo\nthree\rfour")
	for i := range 20000 {
		if len(x.src) > 60 {
			x = newText(string(x.src[:20]))
		}
		before := string(x.src)
		start := r.IntN(len(x.src) + 1)
		end := start + r.IntN(min(4, len(x.src)-start)+1)
		piece := pieces[r.IntN(len(pieces))]
		x.replace(start, end, piece)
		want := newText(before[:start] + piece + before[end:])
		if string(x.src) != string(want.src) || !slices.Equal(x.lines, want.lines) {
			t.Fatalf("edit %d of %q: [%d:%d] -> %q gives %q %v, want %q %v", i, before, start, end, piece, x.src, x.lines, want.src, want.lines)
		}
	}
}
