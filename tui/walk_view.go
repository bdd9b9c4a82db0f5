package tui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
)

// around is how many lines of the source stand above and below the finding's.
const around = 3

// View draws the screen: never more lines than it has, nor longer ones.
func (w *Walk) View() string {
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

// screen makes the rows of the whole screen.
func (w *Walk) screen() []row {
	foot := w.foot()
	height := max(0, w.height-len(foot)-2)
	var rows []row
	if d, ok := w.finding(); ok && w.mode == walking && w.width >= sideBySide {
		left := w.width / 2
		page := w.page(d.Rule, w.width-left-3)
		rows = beside(filled(scrolled(w.body(left), 0, 0, w.scroll, height), height), left, w.styles.faint.Render(" │ "),
			filled(scrolled(page, 0, 0, w.scroll, height), height), w.width-left-3)
	} else {
		rows = filled(scrolled(w.body(w.width), 0, 0, w.scroll, height), height)
	}
	rows = append([]row{w.head(), {}}, append(rows, foot...)...)
	return rows[max(0, len(rows)-w.height):]
}

// head says how far the walk has come.
func (w *Walk) head() row {
	text := diag.T("%d left · %d mended · %d suppressed · %d skipped", len(w.left), w.now.mended, w.now.suppressed, len(w.trail))
	return row{text: w.styles.title.Render(cut(w.say(text), w.width))}
}

// foot is the question of the moment, and the keys.
func (w *Walk) foot() []row {
	if w.mode == reasoning {
		label := w.say(diag.T("Reason: "))
		input := w.reason
		input.Width = max(1, w.width-ansi.StringWidth(label)-1)
		hint := w.styles.faint.Render(cut(w.say(diag.T("enter suppress · esc back")), w.width))
		if w.fault != nil {
			hint = w.styles.fault.Render(cut("! "+failsIn(w.fault, w.cfg.Catalog), w.width))
		}
		return plainRows(w.styles.mark.Render(label)+input.View(), hint)
	}
	if w.mode == walkLeaving {
		return plainRows(w.styles.fault.Render(cut(w.say(diag.T("Write what was chosen? y writes, n drops it, esc goes on")), w.width)))
	}
	if w.fault != nil {
		return []row{{text: w.styles.fault.Render(cut("! "+failsIn(w.fault, w.cfg.Catalog), w.width))}, w.keysRow()}
	}
	return []row{w.keysRow()}
}

// keysRow names the keys, and takes clicks on them.
func (w *Walk) keysRow() row {
	type key struct {
		key  string
		does diag.Text
	}
	keys := []key{{"s", diag.T("skip")}, {"i", diag.T("suppress")}, {"e", diag.T("explain")}, {"left", diag.T("back")}, {"u", diag.T("undo")}, {"?", diag.T("keys")}, {"q", diag.T("end")}}
	d, ok := w.finding()
	switch {
	case !ok:
		keys = append([]key{{"enter", diag.T("write")}}, keys[3:]...)
	case d.Fix != nil:
		keys = append([]key{{"a", diag.T("accept")}}, keys...)
	}
	var long, short joiner
	for i, k := range keys {
		if i > 0 {
			long.add(w.styles.faint.Render(" · "), nil)
			short.add(w.styles.faint.Render(" · "), nil)
		}
		name := k.key
		if name == "left" {
			name = "←"
		}
		press := func() tea.Cmd { return w.key(walkKeys[k.key]) }
		long.add(w.styles.mark.Render(name)+" "+w.styles.faint.Render(w.say(k.does)), press)
		short.add(w.styles.mark.Render(name), press)
	}
	if long.width <= w.width {
		return long.row
	}
	return short.row
}

// walkKeys are the keys that a click stands for.
var walkKeys = map[string]tea.KeyMsg{
	"enter": {Type: tea.KeyEnter}, "left": {Type: tea.KeyLeft}, "a": letter('a'), "s": letter('s'), "i": letter('i'), "e": letter('e'), "u": letter('u'), "?": letter('?'), "q": letter('q'),
}

func letter(r rune) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}} }

// body is what stands between head and foot.
func (w *Walk) body(width int) []row {
	d, ok := w.finding()
	switch {
	case w.mode == walkHelping:
		return w.helpRows(width)
	case !ok:
		return w.endRows(width)
	case w.mode == explaining:
		return w.page(d.Rule, width)
	}
	return w.findingRows(d, width)
}

// findingRows show a finding with its source, what it means, and its fix.
func (w *Walk) findingRows(d diag.Diagnostic, width int) []row {
	local := d.In(w.cfg.Catalog)
	at := d.File.Pos(d.Span.Start)
	var rows []row
	add := func(style func(...string) string, text string) {
		for _, l := range folded(text, width) {
			rows = append(rows, row{text: style(l)})
		}
	}
	add(w.styles.title.Render, fmt.Sprintf("%s:%d:%d", d.File.Name, at.Line, at.Column))
	add(w.styles.severity(d.Severity).Render, fmt.Sprintf("%s: %s [%s]", w.say(d.Severity.Text()), local.Message, d.Rule))
	rows = append(rows, row{})
	rows = append(rows, w.source(d, width)...)
	rows = append(rows, row{})
	for _, r := range local.Related {
		add(w.styles.plainWord.Render, fmt.Sprintf("%s %s:%d: %s", w.say(diag.T("see")), r.File.Name, r.File.Pos(r.Span.Start).Line, r.Message))
	}
	if !local.Why.IsZero() {
		add(w.styles.plainWord.Render, w.say(diag.T("why"))+" "+local.Why.String())
	}
	if !local.Help.IsZero() {
		add(w.styles.plainWord.Render, w.say(diag.T("fix"))+" "+local.Help.String())
	}
	if d.Fix == nil {
		add(w.styles.faint.Render, w.say(diag.T("No fix is certain enough to be made here: mend it by hand, skip or suppress it.")))
		return rows
	}
	title := w.say(diag.T("The fix:"))
	if d.Fix.Unsafe {
		title = w.say(diag.T("The fix, which changes behavior on purpose:"))
	}
	rows = append(rows, row{})
	add(w.styles.title.Render, title)
	return append(rows, plainRows(w.styles.unified(lint.FixDiff(d.Fix), width)...)...)
}

// source shows the lines around a finding, and marks its own.
func (w *Walk) source(d diag.Diagnostic, width int) []row {
	f := d.File
	at := f.Pos(d.Span.Start)
	first, last := max(1, at.Line-around), min(f.LineCount(), at.Line+around)
	digits := len(fmt.Sprint(last))
	var lines []string
	for n := first; n <= last; n++ {
		lines = append(lines, f.Text(f.LineSpan(n)))
	}
	colored := w.styles.highlight(f.Name, strings.Join(lines, "\n")+"\n")
	var rows []row
	for i := range lines {
		n := first + i
		number := fmt.Sprintf("  %*d │ ", digits, n)
		if n == at.Line {
			number = fmt.Sprintf("> %*d │ ", digits, n)
			rows = append(rows, row{text: ansi.Truncate(w.styles.mark.Render(number)+colored[i], max(0, width), "…")})
			rows = append(rows, row{text: cut(strings.Repeat(" ", digits+2)+" │ ", width) + w.markUnder(d, lines[i], width-digits-5)})
			continue
		}
		rows = append(rows, row{text: ansi.Truncate(w.styles.faint.Render(number)+colored[i], max(0, width), "…")})
	}
	return rows
}

// markUnder underlines the place of a finding in its line.
func (w *Walk) markUnder(d diag.Diagnostic, line string, width int) string {
	span := d.File.LineSpan(d.File.Pos(d.Span.Start).Line)
	from := min(max(0, d.Span.Start-span.Start), len(line))
	to := min(max(from, d.Span.End-span.Start), len(line))
	blanks := ansi.StringWidth(clean(line[:from]))
	marks := max(1, ansi.StringWidth(clean(line[from:to])))
	return ansi.Truncate(strings.Repeat(" ", blanks)+w.styles.severity(d.Severity).Render(strings.Repeat("^", marks)), max(0, width), "")
}

// page is a rule's manual page.
func (w *Walk) page(rule string, width int) []row {
	key := fmt.Sprint(rule, " ", width)
	if _, ok := w.pages[key]; !ok && w.cfg.Explain != nil {
		w.pages[key] = w.cfg.Explain(rule, max(10, width))
	}
	return plainRows(w.pages[key]...)
}

// endRows say what the walk came to.
func (w *Walk) endRows(width int) []row {
	fixed := w.now.fixed
	var rows []row
	add := func(style func(...string) string, t diag.Text) {
		for _, l := range folded(w.say(t), width) {
			rows = append(rows, row{text: style(l)})
		}
	}
	add(w.styles.title.Render, diag.T("That was the last finding."))
	add(w.styles.plainWord.Render, diag.T("lint: %s", report.Summary(w.now.result)))
	if len(fixed.New) == 0 {
		add(w.styles.plainWord.Render, diag.T("Nothing changed; Enter ends."))
		return rows
	}
	add(w.styles.mark.Render, diag.T("Enter writes %d files:", len(fixed.New)))
	var b strings.Builder
	// A strings.Builder takes everything.
	_ = fixed.Diff(&b)
	return append(append(rows, row{}), plainRows(w.styles.unified(b.String(), width)...)...)
}

// walkBindings are all keys of the walk.
var walkBindings = []binding{
	{"a y", diag.T("accept the fix; the files are linted again"), diag.Text{}},
	{"s n → space", diag.T("skip the finding"), diag.Text{}},
	{"i", diag.T("suppress it, by a comment with your reason"), diag.Text{}},
	{"e", diag.T("the rule's manual page, and back"), diag.Text{}},
	{"← p", diag.T("back to the finding that was skipped last"), diag.Text{}},
	{"u", diag.T("undo the last change"), diag.Text{}},
	{"↑ ↓ pgup pgdn", diag.T("scroll"), diag.Text{}},
	{"q esc ctrl+c", diag.T("end; whether to write is asked where something changed"), diag.Text{}},
}

func (w *Walk) helpRows(width int) []row {
	return bindingRows(walkBindings, w.styles, w.say, width)
}
