package tui

import (
	"errors"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// show puts the answer that stands into the input.
func (w *Wizard) show() {
	w.fault, w.touched, w.draft, w.shift = nil, false, w.answers, 0
	if fields := w.fields(); len(fields) > 0 {
		w.field = min(w.field, len(fields)-1)
		w.input.SetValue(fields[w.field].get(w.answers))
		w.input.CursorEnd()
	}
}

// judge tries the answer as it stands in the input, and asks for a preview of
// it where it is valid.
func (w *Wizard) judge() tea.Cmd {
	if !w.touched {
		w.touched = true
		w.pane.mark()
	}
	f := w.fields()[w.field]
	w.draft, w.fault = try(w.answers, f, w.input.Value())
	if w.fault != nil {
		return nil
	}
	return w.render()
}

// try gives a field a value, and says what is wrong with that. What was wrong
// before is no fault of this answer.
func try(a answers, f field, value string) (answers, error) {
	if value == f.get(a) {
		return a, nil
	}
	next := a.clone()
	if err := f.set(&next, value); err != nil {
		return a, err
	}
	if err := newFault(a.Check(), next.Check()); err != nil {
		return a, err
	}
	return next, nil
}

// newFault returns the first fault of a description that it did not have
// before, in the words of its reader.
func newFault(before, after error) error {
	had := map[string]bool{}
	if found, ok := project.IsInvalid(before); ok {
		for _, d := range found {
			had[d.Message.String()] = true
		}
	}
	found, ok := project.IsInvalid(after)
	if !ok {
		return after
	}
	for _, d := range found {
		if !had[d.Message.String()] {
			return d.Message
		}
	}
	return nil
}

// take keeps the answer, or tells that it is wrong.
func (w *Wizard) take() (tea.Cmd, bool) {
	if w.fault != nil {
		return nil, false
	}
	if !w.touched {
		return nil, true
	}
	w.answers, w.touched = w.draft, false
	return w.keep(), true
}

// move goes to another question, by one.
func (w *Wizard) move(by int) {
	w.field += by
	switch {
	case w.item >= 0 && (w.field < 0 || w.field >= w.rows()):
		w.close(by > 0)
		return
	case w.field < 0 && w.step == 0:
		w.field = 0
	case w.field < 0:
		w.enter(w.step - 1)
		w.field = w.rows() - 1
	case w.field >= w.rows() && w.review():
		w.field = w.rows() - 1
	case w.field >= w.rows():
		w.enter(w.step + 1)
	}
	w.show()
}

// enter goes to the first question of a step; on a list to its last row, from
// which enter goes on.
func (w *Wizard) enter(step int) {
	w.step, w.field, w.item, w.before, w.pane.chosen = step, 0, -1, answers{}, false
	if l := w.list(); l != nil {
		w.field = w.rows() - 1
		if l.alone && l.count(w.answers) == 1 {
			w.item, w.field = 0, 0
		}
	}
	if w.review() {
		w.pane.file, w.pane.scroll = 0, 0
	}
	w.show()
}

// fails says a fault in the person's language.
func (w *Wizard) fails(err error) string { return failsIn(err, w.cfg.Catalog) }

func failsIn(err error, c diag.Catalog) string {
	var t diag.Text
	if errors.As(err, &t) {
		return t.In(c).String()
	}
	return err.Error()
}
