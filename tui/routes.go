package tui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// listKey answers a key on the list of routes.
func (w *Wizard) listKey(key string) tea.Cmd {
	n := len(w.answers.Routes)
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
			return w.change(func(routes []project.Route) []project.Route { return slices.Delete(routes, w.field, w.field+1) })
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

// change changes the list of routes where what comes of it is valid.
func (w *Wizard) change(by func([]project.Route) []project.Route) tea.Cmd {
	next := w.answers.clone()
	next.Routes = by(next.Routes)
	if w.fault = newFault(w.answers.Check(), next.Check()); w.fault != nil {
		return nil
	}
	w.pane.mark()
	w.before, w.answers, w.draft = w.answers, next, next
	return tea.Batch(w.render(), w.keep())
}

// reorder moves the route that is chosen up or down, and the choice with it.
func (w *Wizard) reorder(by int) tea.Cmd {
	at, to := w.field, w.field+by
	if n := len(w.answers.Routes); at >= n || to < 0 || to >= n {
		return nil
	}
	w.field = to
	return w.change(func(routes []project.Route) []project.Route {
		routes[at], routes[to] = routes[to], routes[at]
		return routes
	})
}

// add opens a new route, which comes before the others.
func (w *Wizard) add() tea.Cmd {
	before := w.answers
	cmd := w.change(func(routes []project.Route) []project.Route {
		r := project.NewRoute(freeName(routes, "new"))
		r.Path = "/" + r.Name + "/"
		return slices.Insert(routes, 0, r)
	})
	if w.fault == nil {
		w.open(0)
		w.before = before
	}
	return cmd
}

// open shows the questions of a route.
func (w *Wizard) open(at int) {
	w.before, w.route, w.field = w.answers, at, 0
	w.show()
}

// close goes back to the list.
func (w *Wizard) close() {
	w.field, w.route, w.before = w.route, -1, answers{}
	w.show()
}

// discard goes back to the list as it was before the route was opened.
func (w *Wizard) discard() tea.Cmd {
	w.answers = w.before
	w.field, w.route = min(w.route, len(w.answers.Routes)), -1
	w.before = answers{}
	w.show()
	return tea.Batch(w.render(), w.keep())
}

// listRows draw the list of routes; from and to are the rows that are chosen.
func (w *Wizard) listRows(width int) (rows []row, from, to int) {
	paths := 0
	for _, r := range w.answers.Routes {
		paths = max(paths, ansi.StringWidth(clean(r.Path)))
	}
	paths = min(paths, max(8, width/3))
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
	for i, r := range w.answers.Routes {
		path := pad(cut(r.Path, paths), paths)
		if i == w.field {
			path = w.styles.title.Render(path)
		}
		line(i, path+"  "+clean(w.say(answeredBy(r))))
	}
	rows = append(rows, row{})
	line(len(w.answers.Routes), w.say(diag.T("+ add a route")))
	line(len(w.answers.Routes)+1, w.say(diag.T("these are all: go on")))
	if w.fault != nil {
		rows = append(rows, row{})
		for _, l := range folded("! "+w.fails(w.fault), width-2) {
			rows = append(rows, row{text: "  " + w.styles.fault.Render(l)})
		}
		to = len(rows)
	}
	rows = append(rows, row{})
	for _, l := range folded(w.say(diag.T("nginx takes the longest prefix that fits, whatever the order; the first regex that fits wins over it")), width-2) {
		rows = append(rows, row{text: "  " + w.styles.faint.Render(l)})
	}
	return rows, from, to
}
