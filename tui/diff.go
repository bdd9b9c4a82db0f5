package tui

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// diff returns the lines of a unified difference, colored. A new file is
// nothing but added lines.
func (s styles) diff(name, before, after string) []string {
	if before == after {
		var lines []string
		for _, l := range s.highlight(name, after) {
			lines = append(lines, "  "+l)
		}
		return lines
	}
	return s.unified(udiff.Unified("a", "b", before, after), 0)[2:] // without the names
}

// unified returns the lines of a unified difference, colored and, where width
// is not 0, cut.
func (s styles) unified(diff string, width int) []string {
	var lines []string
	for l := range strings.SplitSeq(strings.TrimSuffix(diff, "\n"), "\n") {
		l = clean(l)
		if width > 0 {
			l = cut(l, width)
		}
		switch {
		case strings.HasPrefix(l, "@@"), strings.HasPrefix(l, "--- "), strings.HasPrefix(l, "+++ "):
			l = s.faint.Render(l)
		case strings.HasPrefix(l, "+"):
			l = s.added.Render(l)
		case strings.HasPrefix(l, "-"):
			l = s.removed.Render(l)
		}
		lines = append(lines, l)
	}
	return lines
}
