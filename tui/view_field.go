package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
)

// fieldRows draw the questions of a step; from and to are the rows of the one
// that is asked.
func (w *Wizard) fieldRows(width int) (rows []row, from, to int) {
	fields := w.fields()
	label := w.labelWidth(fields, width)
	for i, f := range fields {
		focus := func() tea.Cmd { return w.focus(i) }
		name := w.say(f.label)
		value := cut(w.say(f.word(f.get(w.draft))), width-4)
		if i != w.field {
			if label > 0 {
				rows = append(rows, whole("  "+pad(cut(name, label-2), label)+cut(value, width-label-4)+w.tag(f, width-label-4-ansi.StringWidth(value)), focus))
			} else {
				rows = append(rows, whole("  "+cut(name, width-2), focus), whole("    "+w.styles.faint.Render(value), focus))
			}
			continue
		}
		from = len(rows)
		head := w.styles.mark.Render("> ") + w.styles.title.Render(cut(name, width-2))
		inset := 4
		if label > 0 {
			inset = label + 2
			head = w.styles.mark.Render("> ") + pad(w.styles.title.Render(cut(name, label-2)), label)
			rows = append(rows, w.inputRow(head, inset, f, width))
		} else {
			rows = append(rows, row{text: head}, w.inputRow("    ", inset, f, width))
		}
		for _, l := range w.explained(f, width-inset) {
			rows = append(rows, row{text: strings.Repeat(" ", inset) + l})
		}
		to = len(rows)
	}
	return append(rows, w.noteRows(width)...), from, to
}

// noteRows say, below the first step, what was found and nothing asks for.
func (w *Wizard) noteRows(width int) []row {
	if w.step > 0 {
		return nil
	}
	var rows []row
	for _, e := range w.cfg.unasked() {
		for i, l := range folded(w.say(found(e)), width-4) {
			if i == 0 && rows == nil {
				rows = append(rows, row{})
			}
			rows = append(rows, row{text: "  " + w.styles.faint.Render(l)})
		}
	}
	return rows
}

// labelWidth is the width of the column of labels, 0 where an answer stands
// below its label.
func (w *Wizard) labelWidth(fields []field, width int) int {
	if width < alignedFrom {
		return 0
	}
	widest := 0
	for _, f := range fields {
		widest = max(widest, ansi.StringWidth(w.say(f.label)))
	}
	return min(widest+2, width/2)
}

// tag says in a word where an answer comes from, where there is room.
func (w *Wizard) tag(f field, room int) string {
	all := w.cfg.evidence(f, w.draft)
	if len(all) == 0 {
		return ""
	}
	text := w.say(diag.T("guessed"))
	if !all[0].Guessed {
		text = all[0].File
	}
	if text = "  " + clean(text); ansi.StringWidth(text) > room {
		return ""
	}
	return w.styles.faint.Render(text)
}

// inputRow is the line where an answer is written or chosen.
func (w *Wizard) inputRow(head string, inset int, f field, width int) row {
	if len(f.choices) == 0 {
		input := w.input
		input.Width = max(1, width-inset-1)
		return row{text: head + input.View()}
	}
	j := joiner{}
	j.add(head, nil)
	var all joiner
	for _, c := range f.choices {
		choose := func() tea.Cmd {
			if w.input.Value() == c.word {
				return nil
			}
			w.input.SetValue(c.word)
			return w.judge()
		}
		if c.word == w.input.Value() {
			all.add(w.styles.chosen.Render("["+w.say(c.text)+"]"), choose)
		} else {
			all.add(" "+w.say(c.text)+" ", choose)
		}
	}
	if all.width <= width-inset {
		return row{head + all.text, all.moved(inset, width)}
	}
	j.add("< ", func() tea.Cmd { return w.edit(tea.KeyMsg{Type: tea.KeyLeft}) })
	j.add(w.styles.chosen.Render("["+cut(w.say(f.word(w.input.Value())), width-inset-6)+"]"), nil)
	j.add(" >", func() tea.Cmd { return w.edit(tea.KeyMsg{Type: tea.KeyRight}) })
	return j.row
}

// explained are the lines below the question that is asked: what is wrong with
// the answer, or what it means, why it is proposed and how it was found.
func (w *Wizard) explained(f field, width int) []string {
	var lines []string
	if w.fault != nil {
		for _, l := range folded("! "+w.fails(w.fault), width) {
			lines = append(lines, w.styles.fault.Render(l))
		}
		return lines
	}
	if w.touched && w.pane.err == nil {
		for _, d := range newFindings(w.pane.had, w.pane.result) {
			for _, l := range folded(w.say(diag.T("! %s: %s", d.Severity.Text(), d.Message)), width) {
				lines = append(lines, w.styles.severity(d.Severity).Render(l))
			}
		}
	}
	faint := func(t diag.Text) {
		for _, l := range folded(w.say(t), width) {
			lines = append(lines, w.styles.faint.Render(l))
		}
	}
	faint(f.help)
	if f.reason != nil {
		faint(f.reason(w.draft))
	}
	for _, e := range w.cfg.evidence(f, w.draft) {
		faint(found(e))
	}
	return lines
}
