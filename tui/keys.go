package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// key answers a key.
func (w *Wizard) key(k tea.KeyMsg) tea.Cmd {
	key := k.String()
	switch w.mode {
	case leaving:
		return w.leavingKey(key)
	case resuming:
		return w.resumingKey(key)
	case helping:
		w.helpingKey(key)
		return nil
	}
	w.shift = 0
	switch key {
	case "ctrl+c":
		w.mode = leaving
		return nil
	case "esc":
		return w.escape()
	case "ctrl+p":
		w.turnTo(previewing)
		return nil
	case "tab":
		w.turn(1)
		return nil
	case "f1":
		w.mode, w.shift = helping, 0
		return nil
	case "pgdown", "pgup", "ctrl+down", "ctrl+up":
		w.scroll(key)
		return nil
	}
	if n, ok := strings.CutPrefix(key, "alt+"); ok && len(n) == 1 && n[0] >= '1' && n[0] <= byte('1'+len(steps)) {
		return w.jump(int(n[0] - '1'))
	}
	if w.mode == previewing {
		return w.previewKey(key)
	}
	if key == "?" && w.asksForHelp() {
		w.mode = helping
		return nil
	}
	return w.answerKey(k)
}

// answerKey answers a key on the questions.
func (w *Wizard) answerKey(k tea.KeyMsg) tea.Cmd {
	switch key := k.String(); key {
	case "up", "shift+tab":
		return w.back()
	case "down":
		return w.forward()
	case "enter":
		switch {
		case w.review():
			return w.confirm()
		case w.listing():
			return w.listKey(key)
		}
		return w.forward()
	default:
		switch {
		case w.review():
			if key == "o" && slices.ContainsFunc(w.pane.files, shownFile.conflicts) {
				w.force = !w.force
			}
			return nil
		case w.listing():
			return w.listKey(key)
		}
		return w.edit(k)
	}
}

// forward takes the answer and goes to the next question.
func (w *Wizard) forward() tea.Cmd {
	cmd, ok := w.take()
	if !ok {
		return nil
	}
	w.move(1)
	w.follow()
	return cmd
}

// back goes to the question before. An answer that is wrong is not kept.
func (w *Wizard) back() tea.Cmd {
	cmd, ok := w.take()
	if !ok {
		w.touched = false
		cmd = w.render()
	}
	w.move(-1)
	w.follow()
	return cmd
}

// turn shows another file.
func (w *Wizard) turn(by int) {
	w.pane.turn(by)
	if w.review() {
		w.field, w.pane.scroll = w.pane.file, 0
	}
}

// follow shows the file that is chosen on the review.
func (w *Wizard) follow() {
	if w.review() {
		w.pane.file, w.pane.scroll = min(w.field, max(0, len(w.pane.files)-1)), 0
	}
}

// jump goes to a step, where the answer that stands is right.
func (w *Wizard) jump(step int) tea.Cmd {
	if w.mode == resuming {
		return nil
	}
	cmd, ok := w.take()
	if !ok {
		return nil
	}
	w.mode = asking
	w.enter(step)
	return cmd
}

// focus goes to a question of the screen, where the answer that stands is right.
func (w *Wizard) focus(field int) tea.Cmd {
	cmd, ok := w.take()
	if ok {
		w.field = field
		w.show()
		w.follow()
	}
	return cmd
}

// escape goes back from what covers the questions, or asks whether to leave.
func (w *Wizard) escape() tea.Cmd {
	switch {
	case w.mode != asking:
		w.mode = asking
	case w.item >= 0 && w.before.Project != nil:
		return w.discard()
	default:
		w.mode = leaving
	}
	return nil
}

// helpingKey scrolls the list of keys, or leaves it.
func (w *Wizard) helpingKey(key string) {
	switch key {
	case "down", "pgdown":
		w.shift = min(w.shift+1, len(w.keyRows(w.width)))
	case "up", "pgup":
		w.shift = max(w.shift-1, 0)
	case "ctrl+c":
		w.mode, w.shift = leaving, 0
	default:
		w.mode, w.shift = asking, 0
	}
}

func (w *Wizard) turnTo(m mode) {
	if w.mode == m {
		m = asking
	}
	w.mode = m
}

func (w *Wizard) leavingKey(key string) tea.Cmd {
	switch key {
	case "y", "Y", "enter", "ctrl+c":
		w.ended = true
		return tea.Quit
	}
	w.mode = asking
	if w.cfg.Earlier != nil {
		w.mode = resuming
	}
	return nil
}

// resumingKey answers whether to go on with the answers of an earlier wizard.
func (w *Wizard) resumingKey(key string) tea.Cmd {
	earlier := w.cfg.Earlier
	switch key {
	case "enter", "y", "Y":
		w.mode, w.cfg.Earlier = asking, nil
		w.answers.Project = earlier.Project.Clone()
		w.goTo(earlier.Place)
		return w.render()
	case "n", "N":
		w.mode, w.cfg.Earlier = asking, nil
		return w.keep()
	case "esc", "ctrl+c":
		w.mode = leaving
	}
	return nil
}

// previewKey answers a key on a preview that covers the questions.
func (w *Wizard) previewKey(key string) tea.Cmd {
	switch key {
	case "up", "k":
		w.pane.scroll--
	case "down", "j":
		w.pane.scroll++
	case "left", "shift+tab":
		w.turn(-1)
	case "right":
		w.turn(1)
	case "?":
		w.mode = helping
	case "enter", "q":
		w.mode = asking
	}
	w.bound()
	return nil
}

// scroll moves what the preview shows.
func (w *Wizard) scroll(key string) {
	by := map[string]int{"pgdown": max(1, w.height/2), "pgup": -max(1, w.height/2), "ctrl+down": 1, "ctrl+up": -1}[key]
	w.pane.scroll += by
	w.bound()
}

// bound keeps the scroll within the text.
func (w *Wizard) bound() {
	w.pane.scroll = min(max(0, w.pane.scroll), max(0, len(w.shownLines())-3))
}

// asksForHelp tells whether a question mark is no part of the answer.
func (w *Wizard) asksForHelp() bool {
	fields := w.fields()
	return len(fields) == 0 || !fields[w.field].anyText
}

// edit hands a key to the answer, and judges what came of it.
func (w *Wizard) edit(k tea.KeyMsg) tea.Cmd {
	f := w.fields()[w.field]
	before := w.input.Value()
	if len(f.choices) > 0 {
		w.input.SetValue(f.next(before, k.String()))
	} else {
		w.input, _ = w.input.Update(k)
	}
	if w.input.Value() == before {
		return nil
	}
	return w.judge()
}

// next returns the choice that a key leads to.
func (f field) next(value, key string) string {
	at := slices.IndexFunc(f.choices, func(c choice) bool { return c.word == value })
	n := len(f.choices)
	switch key {
	case "right", " ", "l":
		return f.choices[(at+1+n)%n].word
	case "left", "h":
		return f.choices[(max(at, 0)-1+n)%n].word
	}
	if len(key) == 1 && key[0] >= '1' && int(key[0]-'1') < n {
		return f.choices[key[0]-'1'].word
	}
	for i := range n { // the next that starts with the letter
		if c := f.choices[(at+1+i+n)%n]; len(key) == 1 && strings.HasPrefix(c.word, key) {
			return c.word
		}
	}
	return value
}
