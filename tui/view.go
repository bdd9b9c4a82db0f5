package tui

import (
	"errors"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
)

// sideBySide is the width in columns from which the preview stands beside the
// questions.
const sideBySide = 100

// View draws the screen: never more lines than it has, nor longer ones.
func (w *Wizard) View() string {
	if w.width < 1 || w.height < 1 {
		return ""
	}
	body := max(0, w.height-2)
	var lines []string
	switch {
	case w.overlay:
		lines = w.previewLines(w.width, body)
	case w.width >= sideBySide:
		left := w.width * 2 / 5
		questions, preview := w.questionLines(left-2), w.previewLines(w.width-left-2, body)
		for i := range body {
			lines = append(lines, pad(at(questions, i), left-2)+faintStyle.Render(" │ ")+at(preview, i))
		}
	default:
		lines = w.questionLines(w.width)
	}
	for len(lines) < body {
		lines = append(lines, "")
	}
	lines = append(lines[:body], "", w.helpLine())
	lines = lines[max(0, len(lines)-w.height):]
	for i, l := range lines {
		lines[i] = ansi.Truncate(l, w.width, "")
	}
	return strings.Join(lines, "\n")
}

func (w *Wizard) say(t diag.Text) string { return t.In(w.cfg.Catalog).String() }

// questionLines are the questions of a step, or the review.
func (w *Wizard) questionLines(width int) []string {
	if w.review() {
		return w.reviewLines(width)
	}
	s := steps[w.step]
	lines := []string{titleStyle.Render(w.say(diag.T("%d of %d: %s", w.step+1, len(steps)+1, s.title))), ""}
	for i, f := range s.fields {
		if i != w.field {
			lines = append(lines, "  "+w.say(f.label), "    "+faintStyle.Render(cut(f.get(w.project), width-4)), "")
			continue
		}
		w.input.Width = max(1, width-6)
		lines = append(lines, markStyle.Render("> ")+titleStyle.Render(w.say(f.label)), "    "+w.input.View())
		if w.fault != nil {
			for _, l := range wrap("! "+w.fails(w.fault), width-4) {
				lines = append(lines, "    "+faultStyle.Render(l))
			}
		} else {
			for _, l := range wrap(w.say(f.help), width-4) {
				lines = append(lines, "    "+faintStyle.Render(l))
			}
		}
		lines = append(lines, "")
	}
	return lines
}

func (w *Wizard) reviewLines(width int) []string {
	lines := []string{titleStyle.Render(w.say(diag.T("%d of %d: %s", len(steps)+1, len(steps)+1, diag.T("Review")))), ""}
	if w.preview.Err != nil {
		for _, l := range wrap("! "+w.fails(w.preview.Err), width-2) {
			lines = append(lines, "  "+faultStyle.Render(l))
		}
		return lines
	}
	for _, f := range w.preview.Files {
		lines = append(lines, "  "+pad(f.Action, 10)+cut(f.Name, width-12))
	}
	return append(lines, "", markStyle.Render("> ")+titleStyle.Render(w.say(diag.T("Enter writes the files"))))
}

// previewLines show a file as it would be written.
func (w *Wizard) previewLines(width, height int) []string {
	if w.preview.Err != nil {
		return wrap("! "+w.fails(w.preview.Err), width)
	}
	if len(w.preview.Files) == 0 {
		return nil
	}
	var names []string
	for i, f := range w.preview.Files {
		if i == w.file {
			names = append(names, markStyle.Render("["+clean(f.Name)+"]"))
		} else {
			names = append(names, faintStyle.Render(clean(f.Name)))
		}
	}
	// The chosen name comes first, so that a narrow screen shows it.
	names = append(names[w.file:], names[:w.file]...)
	lines := []string{ansi.Truncate(strings.Join(names, " "), max(0, width), ""), ""}
	text := strings.Split(w.preview.Files[w.file].Text, "\n")
	for _, l := range text[min(w.scroll, len(text)):] {
		if len(lines) >= height {
			break
		}
		l = cut(l, width)
		if strings.HasPrefix(strings.TrimSpace(l), "#") {
			l = faintStyle.Render(l)
		}
		lines = append(lines, l)
	}
	return lines
}

// lastScroll is the furthest that the preview scrolls.
func (w *Wizard) lastScroll() int {
	if len(w.preview.Files) == 0 {
		return 0
	}
	return max(0, strings.Count(w.preview.Files[w.file].Text, "\n")-max(1, w.height-6))
}

func (w *Wizard) helpLine() string {
	if w.leaving {
		return faultStyle.Render(w.say(diag.T("Leave and write nothing? y/n")))
	}
	help := w.say(diag.T("enter next · ↑ back · tab file · ^P preview · esc leave"))
	if ansi.StringWidth(help) > w.width {
		help = w.say(diag.T("enter · ↑ back · ^P preview · esc leave"))
	}
	return faintStyle.Render(help)
}

// fails says a fault in the person's language.
func (w *Wizard) fails(err error) string {
	var t diag.Text
	if errors.As(err, &t) {
		return w.say(t)
	}
	return err.Error()
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// clean makes one printable line of a value.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ReplaceAll(s, "\t", "    "))
}

// cut shortens a value to columns.
func cut(s string, width int) string { return ansi.Truncate(clean(s), max(0, width), "…") }

// pad brings a line to exactly so many columns.
func pad(s string, width int) string {
	s = ansi.Truncate(s, max(0, width), "")
	return s + strings.Repeat(" ", max(0, width-ansi.StringWidth(s)))
}

func wrap(s string, width int) []string {
	return strings.Split(ansi.Wrap(clean(s), max(1, width), ""), "\n")
}
