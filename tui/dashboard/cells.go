package dashboard

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/internal/wrap"
)

// clean makes one printable line of what came from outside: control characters
// would move the cursor.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == '\ufeff':
			return '·'
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return '·' // they turn the direction of what follows
		}
		return r
	}, strings.ReplaceAll(s, "\t", "    "))
}

// cut shortens text to columns.
func cut(s string, width int) string { return ansi.Truncate(s, max(0, width), "…") }

// cutLeft shortens text to columns, and keeps its end.
func cutLeft(s string, width int) string {
	if have := ansi.StringWidth(s); have > max(0, width) {
		return ansi.TruncateLeft(s, have-max(0, width)+1, "…")
	}
	return s
}

// pad brings a line to exactly so many columns.
func pad(s string, width int) string {
	s = cut(s, width)
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// padLeft is pad for numbers, which end where the column does.
func padLeft(s string, width int) string {
	s = cut(s, width)
	return strings.Repeat(" ", max(0, width-ansi.StringWidth(s))) + s
}

// gaps are what stands between columns.
var gaps = regexp.MustCompile(` {3,}`)

// broken breaks a text into lines of at most so many columns; those after the
// first of a line are indented as it is.
func broken(s string, width int) []string {
	var lines []string
	for line := range strings.Lines(s) {
		line = clean(strings.TrimRight(line, "\r\n"))
		text := strings.TrimLeft(line, " ")
		indent := strings.Repeat(" ", min(len(line)-len(text), max(0, width-8)))
		if ansi.StringWidth(line) > width {
			text = gaps.ReplaceAllString(text, "  ") // columns are of no use any more
		}
		width := max(2, width-len(indent))
		runes := []rune(text)
		for _, l := range wrap.Lines(runes, width) {
			for part := range strings.SplitSeq(ansi.Hardwrap(string(runes[l.Start:l.End]), width, true), "\n") {
				lines = append(lines, indent+part)
			}
		}
	}
	return lines
}

// thousands writes a number with separators.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// duration writes seconds.
func duration(seconds float64) string {
	switch {
	case seconds >= 10:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 0.0005:
		return "<1 ms"
	}
	return fmt.Sprintf("%.0f ms", seconds*1000)
}

// size writes bytes.
func size(bytes int64) string {
	switch {
	case bytes >= 10<<30:
		return fmt.Sprintf("%d GiB", bytes>>30)
	case bytes >= 1<<20:
		return fmt.Sprintf("%d MiB", bytes>>20)
	case bytes >= 1<<10:
		return fmt.Sprintf("%d KiB", bytes>>10)
	}
	return fmt.Sprintf("%d B", bytes)
}
