package tui

import (
	"maps"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/lint"
)

// Preview is what would be written.
type Preview struct {
	Files  []PreviewFile
	Result *lint.Result // of the files; nil where they were not linted
	Err    error
}

// PreviewFile is a file of a preview: what the plan does with it, what stands
// there, and what would.
type PreviewFile struct {
	Name      string
	Action    gen.Action
	Old, Text string
}

// pane shows a preview.
type pane struct {
	files        []shownFile
	result       *lint.Result
	err          error
	file, scroll int
	chosen       bool // a person turned to the file
	asked, shown int  // numbers of the preview that was asked for last, and of the one that is there
	running      bool // one is being made
	base         map[string]string
	had          *lint.Result // of base
}

// newFindings returns the errors and warnings that came with a change, wherever
// they stand; before may be nil.
func newFindings(before, after *lint.Result) []diag.Diagnostic {
	saying := func(d diag.Diagnostic) string { return d.Rule + " " + d.Message.String() }
	had := map[string]bool{}
	if before != nil {
		for _, d := range before.Diagnostics {
			had[saying(d)] = true
		}
	}
	if after == nil {
		return nil
	}
	var all []diag.Diagnostic
	for _, d := range after.Diagnostics {
		if d.Severity >= diag.Warning && !had[saying(d)] {
			all = append(all, d)
		}
	}
	return all
}

// shownFile is a file as the screen shows it.
type shownFile struct {
	PreviewFile
	lines []string     // with the syntax colored
	marks map[int]rune // of lines, from 0: '+' changed, '-' something went before it
}

// previewed brings a preview.
type previewed struct {
	number int
	Preview
}

// render asks for a preview of the answers; one at a time is made, and then
// another where the answers changed meanwhile.
func (w *Wizard) render() tea.Cmd {
	w.pane.asked++
	if w.pane.running {
		return nil
	}
	w.pane.running = true
	number, preview := w.pane.asked, w.cfg.Preview
	p := w.answers.Project
	if w.touched {
		p = w.draft.Project
	}
	p = p.Clone()
	return func() tea.Msg { return previewed{number, preview(p)} }
}

// previewed takes a preview.
func (w *Wizard) previewed(msg previewed) tea.Cmd {
	p := &w.pane
	p.running = false
	if msg.number > p.shown {
		p.shown = msg.number
		p.take(msg.Preview, w.styles)
		if w.review() {
			w.field = min(w.field, w.rows()-1)
			p.file = min(w.field, max(0, len(p.files)-1))
		}
	}
	if p.asked > msg.number {
		p.asked--
		return w.render()
	}
	return nil
}

// take shows a preview, and comes to what changed since the marks were set.
func (p *pane) take(preview Preview, s styles) {
	p.err = preview.Err
	if preview.Err != nil {
		return // the last good files stay in sight
	}
	p.result = preview.Result
	same := len(p.files) == len(preview.Files)
	files := make([]shownFile, len(preview.Files))
	for i, f := range preview.Files {
		if same && p.files[i].PreviewFile.Name == f.Name && p.files[i].Text == f.Text {
			files[i] = p.files[i]
			files[i].PreviewFile = f
		} else {
			files[i] = shownFile{PreviewFile: f, lines: s.highlight(f.Name, f.Text)}
		}
		files[i].marks = nil
		if old, ok := p.base[f.Name]; ok && old != f.Text {
			files[i].marks = changedLines(old, f.Text)
		}
	}
	p.files = files
	p.file = min(p.file, max(0, len(files)-1))
	p.comeToMarks()
}

// comeToMarks shows the first line that changed: in the file that a person
// turned to or, where it has none, in the first that has.
func (p *pane) comeToMarks() {
	if len(p.files) == 0 {
		return
	}
	if !p.chosen || len(p.files[p.file].marks) == 0 {
		for i, f := range p.files {
			if len(f.marks) > 0 {
				p.file = i
				break
			}
		}
	}
	if len(p.files[p.file].marks) > 0 {
		p.show(p.file)
	}
}

// show comes to a file, at the first line that changed in it.
func (p *pane) show(file int) {
	p.file, p.scroll = file, 0
	if marks := p.files[file].marks; len(marks) > 0 {
		p.scroll = max(0, slices.Min(slices.Collect(maps.Keys(marks)))-4)
	}
}

// mark makes the files as they are what later ones are compared with.
func (p *pane) mark() {
	p.base, p.had = map[string]string{}, p.result
	for _, f := range p.files {
		p.base[f.Name] = f.Text
	}
}

// turn shows another file.
func (p *pane) turn(by int) {
	if n := len(p.files); n > 0 {
		p.show((p.file + by + n) % n)
		p.chosen = true
	}
}

// changedLines returns the lines of after that before has not, from 0, and
// those before which lines of before are gone.
func changedLines(before, after string) map[int]rune {
	marks := map[int]rune{}
	line, changed := 0, false
	for _, l := range strings.Split(udiff.Unified("a", "b", before, after), "\n")[2:] {
		switch {
		case strings.HasPrefix(l, "@@"):
			line, changed = hunkStart(l), false
		case strings.HasPrefix(l, "+"):
			if !gen.IsMark(l[1:]) {
				marks[line] = '+'
			}
			line++
			changed = true
		case strings.HasPrefix(l, "-"):
			if _, ok := marks[line]; !ok && !changed && !gen.IsMark(l[1:]) {
				marks[line] = '-'
			}
		case strings.HasPrefix(l, " "):
			line++
			changed = false
		}
	}
	return marks
}

// hunkStart returns the first line of a hunk's new side, from 0.
func hunkStart(header string) int {
	_, rest, _ := strings.Cut(header, "+")
	n := 0
	for _, c := range rest {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + int(c-'0')
	}
	return max(0, n-1)
}

// current tells whether the preview is that of the answers as they stand.
func (w *Wizard) current() bool {
	return w.pane.err == nil && w.pane.shown == w.pane.asked && !w.pane.running
}
