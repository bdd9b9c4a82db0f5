// Package wrap owns the breaking of text into lines of a terminal's width,
// Latin words and Chinese text alike.
package wrap

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// The punctuation that starts no line, and that ends none.
const (
	closing = "，。、：；！？）》」』】”’…"
	opening = "（《「『【“‘"
)

// Line is a piece of a text: the indices of its first rune and of the one after
// its last.
type Line struct{ Start, End int }

// Lines breaks a text at blanks and between wide characters into lines of at
// most width terminal cells. A word that is wider keeps a line for itself.
// Blanks at a break belong to no line.
func Lines(text []rune, width int) []Line {
	var lines []Line
	start, cells := 0, 0
	last := -1 // where the line can be broken: the first rune of the next one
	for i, r := range text {
		if i > start && breaks(text[i-1], r) {
			last = i
		}
		w := runewidth.RuneWidth(r)
		if cells+w > width && r != ' ' && last > start {
			lines = append(lines, trim(text, start, last))
			start = last
			cells = 0
			for _, r := range text[start:i] {
				cells += runewidth.RuneWidth(r)
			}
			last = -1
		}
		cells += w
	}
	return append(lines, trim(text, start, len(text)))
}

// breaks tells whether a line may end with a and the next one start with b.
func breaks(a, b rune) bool {
	switch {
	case b == ' ' || strings.ContainsRune(closing, b) || strings.ContainsRune(opening, a):
		return false
	case a == ' ':
		return true
	}
	return runewidth.RuneWidth(a) > 1 || runewidth.RuneWidth(b) > 1
}

func trim(text []rune, start, end int) Line {
	for end > start && text[end-1] == ' ' {
		end--
	}
	return Line{start, end}
}

// Width returns the number of terminal cells that a text takes.
func Width(text string) int { return runewidth.StringWidth(text) }

// Pad fills a text with blanks up to width terminal cells.
func Pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-Width(text)))
}
