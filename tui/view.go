package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
)

// Sizes, in columns and lines.
const (
	sideBySide  = 100 // from here on the preview stands beside the questions
	leftLeast   = 46  // the questions beside it
	leftMost    = 66
	alignedFrom = 44 // from here on an answer stands beside its label
	barFrom     = 18 // lines from which the steps have a line
)

// View draws the screen: never more lines than it has, nor longer ones.
func (w *Wizard) View() string {
	if w.width < 1 || w.height < 1 {
		return ""
	}
	rows := w.screen()
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = ansi.Truncate(r.text, w.width, "")
	}
	return strings.Join(lines, "\n")
}

func (w *Wizard) besides() bool {
	return w.width >= sideBySide && w.mode != previewing && w.mode != helping
}

func (w *Wizard) leftWidth() int { return min(max(leftLeast, w.width*2/5), leftMost) }

// screen makes the rows of the whole screen.
func (w *Wizard) screen() []row {
	var rows []row
	if w.height >= barFrom {
		rows = append(rows, w.bar(), row{})
	}
	body := max(0, w.height-len(rows)-1)
	switch {
	case w.mode == helping:
		rows = append(rows, filled(scrolled(w.keyRows(w.width), 0, 0, w.shift, body), body)...)
	case w.mode == previewing:
		rows = append(rows, filled(w.paneRows(w.width, body), body)...)
	case w.besides():
		left := w.leftWidth()
		rows = append(rows, beside(filled(w.questions(left, body), body), left, w.styles.faint.Render(" │ "), filled(w.paneRows(w.width-left-3, body), body), w.width-left-3)...)
	default:
		rows = append(rows, filled(w.questions(w.width, body), body)...)
	}
	rows = append(rows, row{text: w.helpLine()})
	return rows[max(0, len(rows)-w.height):]
}

// bar shows the steps, and goes to one when it is clicked.
func (w *Wizard) bar() row {
	long, short := joiner{}, joiner{}
	for i := range len(steps) + 1 {
		name, done := diag.T("Review"), i < w.step
		if i < len(steps) {
			name = steps[i].short
		}
		style, number, mark := w.styles.faint, string(rune('1'+i)), " "
		switch {
		case i == w.step:
			style, mark = w.styles.chosen, ">"
		case done:
			style, mark = w.styles.plainWord, "·"
		}
		act := func() tea.Cmd { return w.jump(i) }
		long.add(style.Render(mark+number+" "+w.say(name)+" "), act)
		long.add(" ", nil)
		short.add(style.Render(mark+number+" "), act)
	}
	if long.width <= w.width {
		return long.row
	}
	return short.row
}

// questions are the rows of a step, or of what stands in its place.
func (w *Wizard) questions(width, height int) []row {
	switch {
	case w.mode == resuming || w.mode == leaving && w.cfg.Earlier != nil:
		return w.resumeRows(width)
	case w.review():
		return w.reviewRows(width, height)
	}
	title := diag.T("%d of %d: %s", w.step+1, len(steps)+1, steps[w.step].title)
	if w.item >= 0 {
		title = diag.T("%d of %d: %s", w.step+1, len(steps)+1, w.list().title(w.answers, w.item))
	}
	rows, from, to := w.listOrFields(width)
	if r := w.pane.result; r != nil && r.Fails(diag.Warning) && !w.besides() {
		rows = append(rows, row{}, row{text: w.lintSummary(r, width)})
	}
	body := scrolled(rows, from, to, w.shift, height-2)
	head := w.styles.title.Render(cut(w.say(title), width-3))
	if len(body) < len(rows) {
		head += " " + w.styles.faint.Render("↕")
	}
	return append(plainRows(head, ""), body...)
}

func (w *Wizard) listOrFields(width int) ([]row, int, int) {
	if w.listing() {
		return w.listRows(width)
	}
	return w.fieldRows(width)
}

// scrolled returns so many rows that those from, up to to, are among them,
// moved by shift.
func scrolled(rows []row, from, to, shift, height int) []row {
	height = max(0, height)
	if len(rows) <= height {
		return rows
	}
	at := 0
	if to > height {
		at = min(from, to-height)
	}
	at = min(max(0, at+shift), len(rows)-height)
	return rows[at : at+height]
}

// resumeRows ask whether to go on with earlier answers.
func (w *Wizard) resumeRows(width int) []row {
	at := ""
	if w.cfg.Earlier != nil {
		at = w.cfg.Earlier.At.Format("2006-01-02 15:04")
	}
	rows := plainRows(w.styles.title.Render(cut(w.say(diag.T("Go on where you stopped?")), width)), "")
	for _, l := range folded(w.say(diag.T("The answers of a wizard that was left on %s are still here.", at)), width) {
		rows = append(rows, row{text: l})
	}
	return append(rows, row{},
		whole(w.styles.mark.Render("> ")+cut(w.say(diag.T("Enter goes on with them")), width-2), func() tea.Cmd { return w.resumingKey("enter") }),
		whole("  "+cut(w.say(diag.T("n begins anew")), width-2), func() tea.Cmd { return w.resumingKey("n") }))
}
