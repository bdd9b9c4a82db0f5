package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/internal/wrap"
)

// row is a line of the screen, and what a click on it does.
type row struct {
	text  string
	zones []zone
}

// zone is the part of a row, in columns, that a click acts on.
type zone struct {
	from, to int
	act      func() tea.Cmd
}

// whole makes a row that a click acts on wherever it is.
func whole(text string, act func() tea.Cmd) row {
	return row{text, []zone{{0, 1 << 16, act}}}
}

// click returns what a click at a column does, or nil.
func (r row) click(x int) func() tea.Cmd {
	for _, z := range r.zones {
		if x >= z.from && x < z.to {
			return z.act
		}
	}
	return nil
}

// moved returns the row's zones so many columns to the right, and none beyond
// the end.
func (r row) moved(by, end int) []zone {
	var zones []zone
	for _, z := range r.zones {
		if z.from+by < end {
			zones = append(zones, zone{z.from + by, min(z.to+by, end), z.act})
		}
	}
	return zones
}

// plainRows makes rows of lines.
func plainRows(lines ...string) []row {
	rows := make([]row, len(lines))
	for i, l := range lines {
		rows[i] = row{text: l}
	}
	return rows
}

// filled brings rows to a number.
func filled(rows []row, height int) []row {
	height = max(0, height)
	for len(rows) < height {
		rows = append(rows, row{})
	}
	return rows[:height]
}

// beside puts rows on the left of others, each to its width.
func beside(left []row, leftWidth int, between string, right []row, rightWidth int) []row {
	gap := ansi.StringWidth(between)
	rows := make([]row, len(left))
	for i := range left {
		rows[i] = row{pad(left[i].text, leftWidth) + between + ansi.Truncate(right[i].text, rightWidth, ""),
			append(left[i].moved(0, leftWidth), right[i].moved(leftWidth+gap, leftWidth+gap+rightWidth)...)}
	}
	return rows
}

// joiner puts words on one line, with a click for each.
type joiner struct {
	row
	width int
}

func (j *joiner) add(text string, act func() tea.Cmd) {
	n := ansi.StringWidth(text)
	if act != nil {
		j.zones = append(j.zones, zone{j.width, j.width + n, act})
	}
	j.text += text
	j.width += n
}

// clean makes one printable line of a value.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\t", "    "))
}

// cut shortens a value to columns.
func cut(s string, width int) string { return ansi.Truncate(clean(s), max(0, width), "…") }

// pad brings a line to exactly so many columns.
func pad(s string, width int) string {
	s = ansi.Truncate(s, max(0, width), "")
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

// folded breaks a text into lines, Chinese text too, and words that are wider
// than a line.
func folded(s string, width int) []string {
	width = max(1, width)
	text := []rune(clean(s))
	var lines []string
	for _, l := range wrap.Lines(text, width) {
		lines = append(lines, strings.Split(ansi.Hardwrap(string(text[l.Start:l.End]), width, false), "\n")...)
	}
	return lines
}
