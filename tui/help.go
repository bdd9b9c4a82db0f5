package tui

import (
	"slices"

	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
)

// binding is a key and what it does.
type binding struct {
	keys string
	does diag.Text
	name diag.Text // of what is no key
}

// bindings are all keys of the wizard.
var bindings = []binding{
	{"enter ↓", diag.T("take the answer and go on"), diag.Text{}},
	{"↑ shift+tab", diag.T("back to the question before"), diag.Text{}},
	{"← → space", diag.T("choose; in a text, move"), diag.Text{}},
	{"ctrl+u", diag.T("empty the answer"), diag.Text{}},
	{"alt+1 … alt+7", diag.T("go to a step"), diag.Text{}},
	{"tab", diag.T("show another file"), diag.Text{}},
	{"pgup pgdn", diag.T("scroll the file; ctrl+↑ and ctrl+↓ by a line"), diag.Text{}},
	{"ctrl+p", diag.T("the files on the whole screen, and back"), diag.Text{}},
	{"a e d u", diag.T("on a list: add, edit, delete, undo"), diag.Text{}},
	{"shift+↑ shift+↓", diag.T("on a list: move one (K and J too)"), diag.Text{}},
	{"o", diag.T("on the review: overwrite what a person edited"), diag.Text{}},
	{"? F1", diag.T("these keys (F1 where ? may be part of an answer)"), diag.Text{}},
	{"esc ctrl+c", diag.T("leave, once asked; nothing is written"), diag.Text{}},
	{"", diag.T("a click chooses a question, a step, a file; the wheel scrolls"), diag.T("mouse")},
}

// keyRows list all keys.
func (w *Wizard) keyRows(width int) []row { return bindingRows(bindings, w.styles, w.say, width) }

// bindingRows list keys with what they do.
func bindingRows(bindings []binding, s styles, say func(diag.Text) string, width int) []row {
	rows := plainRows(s.title.Render(cut(say(diag.T("Keys")), width)))
	keys := 0
	all := slices.Clone(bindings)
	for i := range all {
		if !all[i].name.IsZero() {
			all[i].keys = say(all[i].name)
		}
		keys = max(keys, ansi.StringWidth(all[i].keys))
	}
	if width < 2*keys {
		keys = 0
	}
	for _, b := range all {
		lines := folded(say(b.does), width-keys-4)
		if keys == 0 {
			rows = append(rows, row{text: s.mark.Render(cut(b.keys, width))})
		}
		for i, l := range lines {
			switch {
			case keys == 0:
				l = "  " + l
			case i == 0:
				l = "  " + s.mark.Render(pad(b.keys, keys)) + "  " + l
			default:
				l = pad("", keys+4) + l
			}
			rows = append(rows, row{text: l})
		}
	}
	return rows
}

// helpLine is the last line: the keys of the moment.
func (w *Wizard) helpLine() string {
	if w.mode == leaving {
		ask := diag.T("Leave and write nothing? y/n")
		if w.cfg.Keep != nil {
			if long := w.say(diag.T("Leave? Nothing is written, the answers are kept. y/n")); ansi.StringWidth(long) <= w.width {
				return w.styles.fault.Render(long)
			}
		}
		return w.styles.fault.Render(cut(w.say(ask), w.width))
	}
	for _, t := range w.hints() {
		if s := w.say(t); ansi.StringWidth(s) <= w.width {
			return w.styles.faint.Render(s)
		}
	}
	return ""
}

// hints are the keys of the moment, the longest line first.
func (w *Wizard) hints() []diag.Text {
	switch {
	case w.mode == helping:
		return []diag.Text{diag.T("↑↓ scroll · any other key goes back"), diag.T("any key goes back")}
	case w.mode == resuming:
		return []diag.Text{diag.T("enter go on · n begin anew · esc leave"), diag.T("enter · n · esc")}
	case w.mode == previewing:
		return []diag.Text{diag.T("↑↓ scroll · tab file · ^P questions · esc back"), diag.T("↑↓ · tab · esc back")}
	case w.review():
		return []diag.Text{diag.T("enter write · ↑↓ file · pgdn scroll · ^P whole screen · ? keys · esc leave"), diag.T("enter write · ↑↓ file · ? keys · esc"), diag.T("enter · ↑↓ · ?")}
	case w.listing():
		return []diag.Text{diag.T("enter edit · a add · d delete · u undo · shift+↑↓ move · ? keys · esc leave"), diag.T("enter · a add · d delete · ? keys"), diag.T("enter · a · d · ?")}
	case w.item >= 0 && w.before.Project != nil:
		return []diag.Text{diag.T("enter next · ↑ back · ←→ choose · F1 keys · esc back to the list as it was"), diag.T("enter next · ↑ back · F1 keys · esc"), diag.T("enter · ↑ · F1")}
	}
	return []diag.Text{diag.T("enter next · ↑ back · ←→ choose · tab file · ^P preview · ? keys · esc leave"), diag.T("enter next · ↑ back · ^P preview · ? keys"), diag.T("enter · ↑ · ^P · ?")}
}
