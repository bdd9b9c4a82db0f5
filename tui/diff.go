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
	var lines []string
	for i, l := range strings.Split(strings.TrimSuffix(udiff.Unified("a", "b", before, after), "\n"), "\n") {
		l = clean(l)
		switch {
		case i < 2: // the names
			continue
		case strings.HasPrefix(l, "@@"):
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
