package tui

import (
	"fmt"
	"path"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
)

// findingsShown bounds the findings below a preview.
const findingsShown = 4

// paneRows show a file as it would be written, or on the review what changes
// in it, with what the linter says of all of them below.
func (w *Wizard) paneRows(width, height int) []row {
	p := &w.pane
	if len(p.files) == 0 {
		if p.err != nil {
			return w.faultRows(p.err, width)
		}
		return plainRows(w.styles.faint.Render(cut(w.say(diag.T("making the preview")), width)))
	}
	rows := []row{w.tabs(width)}
	below := w.lintRows(width, height >= 16)
	if p.err != nil {
		below = w.faultRows(p.err, width)
	}
	if height < 6 {
		below = nil
	}
	lines := w.shownLines()
	space := max(0, height-len(rows)-len(below))
	at := min(p.scroll, max(0, len(lines)-1))
	for _, l := range lines[at:min(len(lines), at+space)] {
		rows = append(rows, row{text: ansi.Truncate(l, max(0, width), "…")})
	}
	return append(filled(rows, height-len(below)), below...)
}

func (w *Wizard) faultRows(err error, width int) []row {
	var rows []row
	for _, l := range folded("! "+w.fails(err), width) {
		rows = append(rows, row{text: w.styles.fault.Render(l)})
	}
	return rows
}

// tabs name the files; the chosen one comes first where not all fit.
func (w *Wizard) tabs(width int) row {
	if w.onCommand() {
		return row{text: w.styles.chosen.Render(cut("["+w.say(diag.T("the same without questions"))+"]", width))}
	}
	p := &w.pane
	total, from := 0, 0
	for _, f := range p.files {
		total += ansi.StringWidth(path.Base(f.Name)) + 2
		if len(f.marks) > 0 {
			total++
		}
	}
	if total > width {
		from = p.file
	}
	var j joiner
	for i := from; i < len(p.files); i++ {
		f := p.files[i]
		show := func() tea.Cmd {
			w.turn(i - p.file)
			return nil
		}
		changed := ""
		if len(f.marks) > 0 {
			changed = "*"
		}
		switch name := clean(path.Base(f.Name)) + changed; {
		case i == p.file:
			j.add(w.styles.chosen.Render("["+name+"]"), show)
		default:
			j.add(w.styles.faint.Render(" "+name+" "), show)
		}
	}
	j.text = ansi.Truncate(j.text, max(0, width), "…")
	return j.row
}

// shownLines are the lines of the file that is shown: on the review what
// changes in it, and elsewhere its text with what the last answer changed.
func (w *Wizard) shownLines() []string {
	p := &w.pane
	if len(p.files) == 0 {
		return nil
	}
	f := p.files[p.file]
	switch {
	case w.onCommand():
		width := w.width
		if w.besides() {
			width -= w.leftWidth() + 3
		}
		return continued(w.cfg.Command(w.answers.Project, w.force), width)
	case w.review():
		return w.styles.diff(f.Name, f.Old, f.Text)
	}
	lines := make([]string, len(f.lines))
	digits := len(fmt.Sprint(len(f.lines)))
	for i, l := range f.lines {
		number := w.styles.faint.Render(fmt.Sprintf("%*d", digits, i+1))
		switch f.marks[i] {
		case '+':
			number += w.styles.changed.Render("+")
		case '-':
			number += w.styles.changed.Render("-")
		default:
			number += " "
		}
		lines[i] = number + " " + l
	}
	return lines
}

// lintRows say what the linter finds in the preview.
func (w *Wizard) lintRows(width int, all bool) []row {
	r := w.pane.result
	if r == nil {
		return nil
	}
	rows := plainRows(w.styles.faint.Render(strings.Repeat("─", max(0, width))), w.lintSummary(r, width))
	if !all {
		rows = rows[1:]
	}
	for i, d := range r.Diagnostics {
		if i == findingsShown {
			rows = append(rows, row{text: w.styles.faint.Render(cut(w.say(diag.T("and %d more", len(r.Diagnostics)-i)), width))})
			break
		}
		at := d.File.Pos(d.Span.Start)
		text := fmt.Sprintf("%s:%d: %s [%s]", path.Base(d.File.Name), at.Line, w.say(d.Message), d.Rule)
		word := w.say(d.Severity.Text())
		rows = append(rows, row{text: w.styles.severity(d.Severity).Render(word) + " " + cut(text, width-ansi.StringWidth(word)-1)})
	}
	return rows
}

// lintSummary says the linter's result in a line.
func (w *Wizard) lintSummary(r *lint.Result, width int) string {
	mark, style := "✓ ", w.styles.infoWord
	if r.Fails(diag.Warning) {
		mark, style = "! ", w.styles.warningWord
	}
	return style.Render(cut(mark+w.say(diag.T("lint: %s", report.Summary(r))), width))
}

func (s styles) severity(severity diag.Severity) lipgloss.Style {
	switch severity {
	case diag.Error:
		return s.errorWord
	case diag.Warning:
		return s.warningWord
	}
	return s.infoWord
}
