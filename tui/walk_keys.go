package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
)

// key answers a key.
func (w *Walk) key(k tea.KeyMsg) tea.Cmd {
	key := k.String()
	switch {
	case w.busy:
		return nil
	case w.mode == reasoning:
		return w.reasonKey(k)
	case w.mode == walkLeaving:
		return w.leavingKey(key)
	}
	switch key {
	case "ctrl+c":
		return w.leave()
	case "esc", "q":
		if w.mode != walking {
			w.mode, w.scroll = walking, 0
			return nil
		}
		return w.leave()
	case "?", "f1":
		w.turnTo(walkHelping)
	case "e":
		w.turnTo(explaining)
	case "down", "j":
		w.scrollBy(1)
	case "up", "k":
		w.scrollBy(-1)
	case "pgdown":
		w.scrollBy(max(1, w.height/2))
	case "pgup":
		w.scrollBy(-max(1, w.height/2))
	default:
		return w.walkKey(key)
	}
	return nil
}

// walkKey answers a key about the finding that is shown.
func (w *Walk) walkKey(key string) tea.Cmd {
	session := w.cfg.Session
	d, ok := w.finding()
	switch key {
	case "u":
		return w.change(func() error {
			session.Undo()
			return nil
		})
	case "left", "p", "backspace":
		w.move(w.unskip)
	case "enter":
		if !ok {
			w.write = true
			return tea.Quit
		}
	case "a", "y":
		if ok && d.Fix != nil {
			w.mode = walking
			return w.change(func() error { return session.Accept(d) })
		}
	case "s", "n", "right", " ":
		if ok {
			w.move(w.skip)
		}
	case "i":
		if ok {
			w.mode, w.fault = reasoning, nil
			w.reason.SetValue("")
		}
	}
	return nil
}

// move goes to another finding.
func (w *Walk) move(by func()) {
	by()
	w.mode, w.fault, w.scroll = walking, nil, 0
}

// reasonKey answers a key while the reason of a suppression is written.
func (w *Walk) reasonKey(k tea.KeyMsg) tea.Cmd {
	switch k.String() {
	case "esc", "ctrl+c":
		w.mode, w.fault = walking, nil
	case "enter":
		d, ok := w.finding()
		reason := strings.TrimSpace(w.reason.Value())
		if !ok || reason == "" {
			w.fault = diag.T("write why it may stay as it is")
			return nil
		}
		w.mode = walking
		return w.change(func() error { return w.cfg.Session.Suppress(d, reason) })
	default:
		w.reason, _ = w.reason.Update(k)
		w.fault = nil
	}
	return nil
}

// leave ends the walk, or asks what becomes of the changes.
func (w *Walk) leave() tea.Cmd {
	if len(w.now.fixed.New) == 0 {
		return tea.Quit
	}
	w.mode = walkLeaving
	return nil
}

func (w *Walk) leavingKey(key string) tea.Cmd {
	switch key {
	case "y", "Y", "enter":
		w.write = true
		return tea.Quit
	case "n", "N", "ctrl+c":
		return tea.Quit
	}
	w.mode = walking
	return nil
}

func (w *Walk) turnTo(m walkMode) {
	if w.mode == m {
		m = walking
	}
	w.mode, w.scroll = m, 0
}

// scrollBy moves what is shown.
func (w *Walk) scrollBy(by int) {
	w.scroll = min(max(0, w.scroll+by), max(0, len(w.body(w.width))-1))
}
