package dashboard

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
)

// View draws the screen: never more lines than it has, nor longer ones.
func (m *Model) View() string {
	if m.width < 1 || m.height < 1 {
		return ""
	}
	lines := m.headLines()
	body := m.body()
	switch {
	case m.detail != nil:
		lines = append(lines, m.detailTitle(m.width, body-1))
		lines = append(lines, m.detailLines(m.width, max(0, body-1))...)
	case m.split():
		lines = append(lines, m.grid()...)
	default:
		lines = append(lines, m.tabs())
		lines = append(lines, m.paneLines(m.layout()[0])...)
	}
	for len(lines) < m.height-1 {
		lines = append(lines, "")
	}
	lines = append(lines[:m.height-1], m.lastLine())
	for i, l := range lines {
		lines[i] = ansi.Truncate(l, m.width, "")
	}
	return strings.Join(lines, "\n")
}

// grid draws all panes.
func (m *Model) grid() []string {
	var left, right []string
	for _, a := range m.layout() {
		side := &left
		if a.x > 0 {
			side = &right
		}
		*side = append(*side, m.ruled(a))
		*side = append(*side, m.paneLines(a)...)
	}
	lines := make([]string, 0, len(left))
	width := m.areaOf(requestPane).width
	for i := range left {
		line := left[i] + strings.Repeat(" ", max(0, width-ansi.StringWidth(left[i]))) + m.styles.faint.Render(gutter)
		if i < len(right) {
			line += right[i]
		}
		lines = append(lines, line)
	}
	return lines
}

// ruled is the title of a pane as a line of its width.
func (m *Model) ruled(a area) string {
	title := m.label(a.pane, true)
	if a.pane == m.pane {
		title = m.styles.mark.Render("[" + title + "]")
	} else {
		title = " " + m.styles.title.Render(title) + " "
	}
	title = cut(title, a.width)
	return title + m.styles.faint.Render(strings.Repeat("─", max(0, a.width-ansi.StringWidth(title))))
}

// tabs are the titles of all panes in one line; where there is no room, only
// their keys and the title of the one that is shown.
func (m *Model) tabs() string { return strings.Join(m.tabTexts(), " ") }

func (m *Model) tabTexts() []string {
	for _, full := range []bool{true, false} {
		all, width := make([]string, panes), int(panes)-1
		for p := range panes {
			switch {
			case p == m.pane:
				all[p] = m.styles.mark.Render("[" + m.label(p, true) + "]")
			case full:
				all[p] = " " + m.label(p, false) + " "
			default:
				all[p] = fmt.Sprint(int(p) + 1)
			}
			width += ansi.StringWidth(all[p])
		}
		if !full || width <= m.width {
			return all
		}
	}
	return nil
}

// tabAt returns the pane whose title stands in a column of the line of all.
func (m *Model) tabAt(x int) (pane, bool) {
	at := 0
	for p, text := range m.tabTexts() {
		end := at + ansi.StringWidth(text)
		if x >= at && x < end {
			return pane(p), true
		}
		at = end + 1
	}
	return 0, false
}

// label is the key and the name of a pane, and how much is in it.
func (m *Model) label(p pane, long bool) string {
	label := fmt.Sprintf("%d %s", int(p)+1, m.text(p.name()))
	filtered := len(m.filter.words) > 0
	switch p {
	case requestPane:
		if filtered || m.least > anyStatus {
			label += " " + m.text(diag.T("%s of %s", thousands(int64(len(m.visible(p)))), thousands(int64(m.requests.len()))))
		} else {
			label += " " + thousands(int64(m.numbers.total))
		}
		if long && m.least > anyStatus {
			label += [...]string{"", " ≥400", " ≥500"}[m.least]
		}
	case processPane:
		if busy, all := m.workers(); all > 0 && long {
			label += " " + m.text(diag.T("%d of %d busy", busy, all))
		} else if len(m.processes) > 0 {
			label += fmt.Sprintf(" %d", len(m.processes))
		}
	case logPane:
		if filtered {
			label += " " + m.text(diag.T("%s of %s", thousands(int64(len(m.visible(p)))), thousands(int64(m.log.len()))))
		} else if n := m.log.len(); n > 0 {
			label += " " + thousands(int64(n))
		}
	case findingPane:
		if bad, odd := m.severities(); m.linted {
			label += fmt.Sprintf(" %d", len(m.findings))
			if long && bad > 0 {
				label += fmt.Sprintf(" %s%d", badMark, bad)
			}
			if long && odd > 0 {
				label += fmt.Sprintf(" %s%d", oddMark, odd)
			}
		}
	}
	if long && filtered && p.stream() {
		label += " /" + clean(m.filter.source)
	}
	return label
}

// paneLines draws the items of a pane in exactly the lines that it has.
func (m *Model) paneLines(a area) []string {
	var lines []string
	above := m.above(a)
	if above > 0 {
		lines = append(lines, m.styles.faint.Render(cut(m.columns(a.pane, a.width), a.width)))
	}
	numbers := m.visible(a.pane)
	l := &m.lists[a.pane]
	from, to := l.window(numbers, a.height-above)
	at := l.index(numbers)
	for i := from; i < to; i++ {
		if i == at && a.pane == m.pane {
			lines = append(lines, m.styles.chosen.Render(pad(pointed(m.row(a.pane, numbers[i], a.width, true)), a.width)))
			continue
		}
		lines = append(lines, cut(m.row(a.pane, numbers[i], a.width, false), a.width))
	}
	if len(numbers) == 0 {
		for _, line := range broken(m.text(m.empty(a.pane)), max(1, a.width-2)) {
			lines = append(lines, "  "+m.styles.faint.Render(line))
		}
	}
	for len(lines) < a.height {
		lines = append(lines, "")
	}
	return lines[:max(0, a.height)]
}

// pointed puts a mark behind that of a row, for who sees no reversed colors.
func pointed(row string) string {
	if runes := []rune(row); len(runes) > 1 {
		runes[1] = '>'
		return string(runes)
	}
	return row
}
