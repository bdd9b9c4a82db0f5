package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/gen"
)

func (f shownFile) conflicts() bool { return f.Action == gen.Conflict }

// confirm ends the wizard where the preview that stands there is that of the
// answers.
func (w *Wizard) confirm() tea.Cmd {
	if !w.current() || len(w.pane.files) == 0 {
		return nil
	}
	w.sure, w.ended = true, true
	return tea.Quit
}

// reviewRows show the plan, the command that does the same, and, where no
// preview stands beside them, what changes in the file that is chosen.
func (w *Wizard) reviewRows(width, height int) []row {
	title := diag.T("%d of %d: %s", len(steps)+1, len(steps)+1, diag.T("Review"))
	rows := plainRows(w.styles.title.Render(cut(w.say(title), width)), "")
	if w.pane.err != nil {
		return append(rows, w.faultRows(w.pane.err, width)...)
	}
	write := diag.T("Enter writes these files:")
	if !w.current() {
		write = diag.T("making the preview")
	}
	rows = append(rows[:1], whole(w.styles.title.Render(cut(w.say(write), width)), w.confirm))
	plan := w.planRows(width)
	rows = append(rows, scrolled(plan, w.field, w.field+1, 0, max(1, height-len(rows)))...)
	if w.besides() && w.onCommand() {
		return rows // it stands beside them
	}
	if w.besides() {
		return append(rows, w.commandRows(width, height-len(rows))...)
	}
	if w.pane.result != nil {
		rows = append(rows, row{text: w.lintSummary(w.pane.result, width)})
	}
	space := height - len(rows)
	if space >= 12 && !w.onCommand() {
		command := w.commandRows(width, 6)
		rows = append(rows, command...)
		space -= len(command)
	}
	rows = append(rows, w.paneDiff(width, space)...)
	return rows
}

// paneDiff shows what changes in the file that is chosen, below a rule.
func (w *Wizard) paneDiff(width, space int) []row {
	if space < 3 || len(w.pane.files) == 0 {
		return nil
	}
	name := w.say(diag.T("what changes in %s", w.pane.files[w.pane.file].Name))
	if w.onCommand() {
		name = w.say(diag.T("the same without questions"))
	}
	rows := plainRows("", w.styles.faint.Render(cut("── "+name+" ──", width)))
	lines := w.shownLines()
	at := min(w.pane.scroll, max(0, len(lines)-1))
	for _, l := range lines[at:min(len(lines), at+space-2)] {
		rows = append(rows, row{text: ansi.Truncate(l, max(0, width), "…")})
	}
	return rows
}

// onCommand tells whether the command line is chosen, which stands below the
// files.
func (w *Wizard) onCommand() bool {
	n := len(w.pane.files)
	return w.review() && n > 0 && w.field == n
}

// planRows say what becomes of each file, and where the command line stands.
func (w *Wizard) planRows(width int) []row {
	var rows []row
	words := 0
	for _, f := range w.pane.files {
		words = max(words, ansi.StringWidth(w.say(f.Action.Text(w.force))))
	}
	add := func(i int, text string) {
		mark := "  "
		if i == w.field {
			mark = w.styles.mark.Render("> ")
		}
		rows = append(rows, whole(mark+ansi.Truncate(text, max(0, width-2), "…"), func() tea.Cmd { return w.focus(i) }))
	}
	for i, f := range w.pane.files {
		style := w.styles.plainWord
		sign := map[gen.Action]string{gen.Create: "+ ", gen.Update: "~ ", gen.Conflict: "! ", gen.Unchanged: "  "}[f.Action]
		switch f.Action {
		case gen.Create, gen.Update:
			style = w.styles.added
		case gen.Conflict:
			style = w.styles.fault
		}
		add(i, style.Render(sign+pad(w.say(f.Action.Text(w.force)), words))+"  "+clean(f.Name))
	}
	if n := len(w.pane.files); w.rows() > n {
		add(n, "$ "+w.say(diag.T("the same without questions")))
	}
	for _, f := range w.pane.files {
		if !f.conflicts() {
			continue
		}
		note := diag.T("a person edited it, and it stays as it is; o overwrites it, and keeps a copy")
		if w.force {
			note = diag.T("it is overwritten, and what a person wrote stays beside it as .bak; o leaves it as it is")
		}
		rows = append(rows, row{})
		for _, l := range folded("! "+w.say(note), width-2) {
			rows = append(rows, row{text: "  " + w.styles.fault.Render(l)})
		}
		break
	}
	return rows
}

// commandRows show the command line that does the same.
func (w *Wizard) commandRows(width, height int) []row {
	if w.cfg.Command == nil || height < 4 {
		return nil
	}
	rows := plainRows("", w.styles.faint.Render(cut(w.say(diag.T("The same without questions:")), width)))
	for _, l := range continued(w.cfg.Command(w.answers.Project, w.force), width-2) {
		rows = append(rows, row{text: "  " + cut(l, width-2)})
	}
	if len(rows) > height {
		rows = append(rows[:height-1], row{text: "  …"})
	}
	return rows
}

// continued breaks a command line before its options, so that a shell reads it
// all the same.
func continued(words []string, width int) []string {
	var parts []string // an option with its value
	for _, word := range words {
		if n := len(parts) - 1; n >= 0 && strings.HasPrefix(parts[n], "--") && !strings.Contains(parts[n], " ") && !strings.HasPrefix(word, "--") {
			parts[n] += " " + word
		} else {
			parts = append(parts, word)
		}
	}
	var lines []string
	line := ""
	for _, part := range parts {
		switch {
		case line == "":
			line = part
		case ansi.StringWidth(line)+1+ansi.StringWidth(part)+2 > width && strings.HasPrefix(part, "--"):
			lines, line = append(lines, clean(line)+" \\"), "  "+part
		default:
			line += " " + part
		}
	}
	lines = append(lines, clean(line))
	return lines
}
