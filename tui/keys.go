package tui

import tea "github.com/charmbracelet/bubbletea"

// key answers a key.
func (w *Wizard) key(k tea.KeyMsg) tea.Cmd {
	if w.leaving {
		switch k.String() {
		case "y", "enter", "ctrl+c":
			return tea.Quit
		}
		w.leaving = false
		return nil
	}
	switch k.String() {
	case "esc", "ctrl+c":
		if w.overlay && k.String() == "esc" {
			w.overlay = false
			return nil
		}
		w.leaving = true
	case "ctrl+p":
		w.overlay = !w.overlay
	case "tab":
		w.file = (w.file + 1) % max(1, len(w.preview.Files))
		w.scroll = 0
	case "pgdown":
		w.scroll += max(1, w.height/2)
	case "pgup":
		w.scroll -= max(1, w.height/2)
	case "enter", "down":
		return w.forward(k.String() == "enter")
	case "shift+tab", "up":
		// An answer that is wrong is not kept.
		w.take()
		w.move(-1)
		return w.render()
	default:
		return w.edit(k)
	}
	w.scroll = min(max(0, w.scroll), w.lastScroll())
	return nil
}

// forward goes on to the next question, and from the review, by Enter alone,
// to the end.
func (w *Wizard) forward(enter bool) tea.Cmd {
	if w.overlay {
		w.overlay = false
		return nil
	}
	if w.review() {
		if !enter || w.preview.Err != nil || w.shown != w.asked {
			return nil
		}
		w.confirmed = true
		return tea.Quit
	}
	if !w.take() {
		return nil
	}
	w.move(1)
	return w.render()
}

// edit hands a key to the input, and judges what came of it.
func (w *Wizard) edit(k tea.KeyMsg) tea.Cmd {
	if w.review() || w.overlay {
		return nil
	}
	before := w.input.Value()
	w.input, _ = w.input.Update(k)
	if w.input.Value() != before {
		w.judge()
	}
	return nil
}
