package tui

import tea "github.com/charmbracelet/bubbletea"

// wheelRows is how many rows the wheel moves by.
const wheelRows = 3

// mouse answers a click or the wheel.
func (w *Wizard) mouse(m tea.MouseMsg) tea.Cmd {
	if m.Action != tea.MouseActionPress || w.mode == leaving {
		return nil
	}
	switch m.Button {
	case tea.MouseButtonWheelUp, tea.MouseButtonWheelDown:
		by := wheelRows
		if m.Button == tea.MouseButtonWheelUp {
			by = -by
		}
		if w.mode == previewing || w.besides() && m.X >= w.leftWidth() || w.review() {
			w.pane.scroll += by
			w.bound()
		} else {
			w.shift += by
		}
	case tea.MouseButtonLeft:
		rows := w.screen()
		if m.Y < 0 || m.Y >= len(rows) {
			return nil
		}
		if act := rows[m.Y].click(m.X); act != nil {
			return act()
		}
	}
	return nil
}
