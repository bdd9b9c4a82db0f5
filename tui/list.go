package tui

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// list is what a step has several of: the servers, the routes.
type list struct {
	count  func(answers) int
	fields func(a answers, at int) []field
	// title is that of the questions about one; name and what stand in its row.
	title, what func(a answers, at int) diag.Text
	name        func(a answers, at int) string
	// add puts in a new one and returns its place.
	add       func(a *answers) int
	remove    func(a *answers, at int)
	swap      func(a *answers, i, j int)
	more      diag.Text // the row that adds one
	note      diag.Text // below the list
	lastStays diag.Text // why the last one is not removed
	// alone tells that a single one is asked about at once.
	alone bool
}

// sections makes a list of the description's sections of a kind.
func sections[T any](of func(answers) *[]T) list {
	return list{
		count:  func(a answers) int { return len(*of(a)) },
		remove: func(a *answers, at int) { *of(*a) = slices.Delete(*of(*a), at, at+1) },
		swap:   func(a *answers, i, j int) { s := *of(*a); s[i], s[j] = s[j], s[i] },
	}
}

// removed is what answers come to without one, or why it stays.
func (l *list) removed(a answers, at int) (answers, error) {
	if l.count(a) == 1 {
		return a, l.lastStays
	}
	return altered(a, func(next *answers) { l.remove(next, at) })
}

// moved is what answers come to with one at another place.
func (l *list) moved(a answers, at, to int) (answers, error) {
	return altered(a, func(next *answers) {
		for ; at < to; at++ {
			l.swap(next, at, at+1)
		}
		for ; at > to; at-- {
			l.swap(next, at, at-1)
		}
	})
}

// altered is what answers come to by a change, where that is valid.
func altered(a answers, by func(*answers)) (answers, error) {
	next := a.clone()
	by(&next)
	if err := newFault(a.Check(), next.Check()); err != nil {
		return a, err
	}
	return next, nil
}

// listKey answers a key on a list.
func (w *Wizard) listKey(key string) tea.Cmd {
	n := w.list().count(w.answers)
	switch key {
	case "enter", "e":
		switch {
		case w.field < n:
			w.open(w.field)
		case w.field == n:
			return w.add()
		case key == "enter":
			w.move(1)
		}
	case "a", "+", "insert":
		return w.add()
	case "d", "delete", "backspace":
		if w.field < n {
			return w.change(w.list().removed(w.answers, w.field))
		}
	case "u":
		if w.before.Project != nil {
			w.answers, w.before = w.before, answers{}
			w.field = min(w.field, w.rows()-1)
			w.show()
			return tea.Batch(w.render(), w.keep())
		}
	case "shift+up", "K":
		return w.reorder(-1)
	case "shift+down", "J":
		return w.reorder(1)
	}
	return nil
}

// change takes what a list was changed to, or tells why it was not.
func (w *Wizard) change(next answers, fault error) tea.Cmd {
	if w.fault = fault; fault != nil {
		return nil
	}
	w.pane.mark()
	w.before, w.answers, w.draft = w.answers, next, next
	return tea.Batch(w.render(), w.keep())
}

// reorder moves the row that is chosen up or down, and the choice with it.
func (w *Wizard) reorder(by int) tea.Cmd {
	at, to := w.field, w.field+by
	if n := w.list().count(w.answers); at >= n || to < 0 || to >= n {
		return nil
	}
	w.field = to
	return w.change(w.list().moved(w.answers, at, to))
}

// add opens a new one.
func (w *Wizard) add() tea.Cmd {
	before, at := w.answers, 0
	cmd := w.change(altered(w.answers, func(next *answers) { at = w.list().add(next) }))
	if w.fault == nil {
		w.open(at)
		w.before = before
	}
	return cmd
}

// open shows the questions about one.
func (w *Wizard) open(at int) {
	w.before, w.item, w.field = w.answers, at, 0
	w.show()
}

// close goes back to the list: forward to its last row, from which enter goes
// on, and back to the row of the one that was open.
func (w *Wizard) close(forward bool) {
	w.field, w.item, w.before = w.item, -1, answers{}
	if forward {
		w.field = w.rows() - 1
	}
	w.show()
}

// discard goes back to the list as it was before one was opened.
func (w *Wizard) discard() tea.Cmd {
	w.answers = w.before
	w.field, w.item = min(w.item, w.list().count(w.answers)), -1
	w.before = answers{}
	w.show()
	return tea.Batch(w.render(), w.keep())
}

// listRows draw a list; from and to are the rows that are chosen.
func (w *Wizard) listRows(width int) (rows []row, from, to int) {
	l := w.list()
	n, names := l.count(w.answers), 0
	for i := range n {
		names = max(names, ansi.StringWidth(clean(l.name(w.answers, i))))
	}
	names = min(names, max(8, width/3))
	line := func(i int, text string) {
		mark := "  "
		if i == w.field {
			mark = w.styles.mark.Render("> ")
			from = len(rows)
		}
		rows = append(rows, whole(mark+ansi.Truncate(text, max(0, width-2), "…"), func() tea.Cmd {
			if w.field == i {
				return w.listKey("enter")
			}
			w.field = i
			return nil
		}))
		if i == w.field {
			to = len(rows)
		}
	}
	for i := range n {
		name := pad(cut(l.name(w.answers, i), names), names)
		if i == w.field {
			name = w.styles.title.Render(name)
		}
		line(i, name+"  "+clean(w.say(l.what(w.answers, i))))
	}
	rows = append(rows, row{})
	line(n, w.say(l.more))
	line(n+1, w.say(diag.T("these are all: go on")))
	if w.fault != nil {
		rows = append(rows, row{})
		for _, s := range folded("! "+w.fails(w.fault), width-2) {
			rows = append(rows, row{text: "  " + w.styles.fault.Render(s)})
		}
		to = len(rows)
	}
	rows = append(rows, row{})
	for _, s := range folded(w.say(l.note), width-2) {
		rows = append(rows, row{text: "  " + w.styles.faint.Render(s)})
	}
	return rows, from, to
}

// sectionName is the field of the name that a section bears.
func sectionName(names func(answers) []string, rename func(a *answers, name string), at int, taken func(name string) diag.Text) field {
	return field{
		label: diag.T("Name"), help: diag.T("of its section in the description"),
		get: func(a answers) string { return names(a)[at] },
		set: func(a *answers, name string) error {
			for i, other := range names(*a) {
				if i != at && other == name {
					return taken(name)
				}
			}
			if !project.ValidName(name) {
				return diag.T("%q is no name of a section: write letters, digits, - and _", name)
			}
			rename(a, name)
			return nil
		},
	}
}

// freeName returns a name that none of the others is.
func freeName(others []string, name string) string {
	free := name
	for n := 2; slices.Contains(others, free); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return free
}
