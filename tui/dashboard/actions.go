package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch"
)

// actionLimit is how long a reload or a restart may take.
const actionLimit = 2 * time.Minute

// quit asks the pair to stop; the screen goes when it has. A pair that has not
// begun to start is stopped as well.
func (m *Model) quit() tea.Cmd {
	m.stopping++
	m.stop(m.stopping > 1)
	return nil
}

// acts tells whether the pair can be acted on, and says why not.
func (m *Model) acts() bool {
	switch {
	case m.stopping > 0:
		m.say(m.text(diag.T("the pair is being stopped")))
	case !m.ready:
		m.say(m.text(diag.T("the pair is being started")))
	default:
		return true
	}
	return false
}

func (m *Model) reload() tea.Cmd {
	if !m.acts() {
		return nil
	}
	if m.reloads > 0 {
		m.say(m.text(diag.T("a reload is under way")))
		return nil
	}
	m.reloads++
	reload := m.actions.Reload
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), actionLimit)
		defer cancel()
		return done{what: diag.T("reloaded"), err: reload(ctx), reload: true}
	}
}

// restart replaces the worker that is chosen.
func (m *Model) restart() tea.Cmd {
	if !m.acts() {
		return nil
	}
	number, ok := m.chosen()
	if m.pane != processPane || !ok || m.processes[number].worker == 0 {
		m.say(m.text(diag.T("choose a worker among the processes: 2")))
		return nil
	}
	p, restart := m.processes[number], m.actions.Restart
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), actionLimit)
		defer cancel()
		return done{what: diag.T("worker %d is replaced once it has finished its request", p.worker), err: restart(ctx, p.file, p.worker)}
	}
}

// subject returns the item that a key acts on: the one that is open, or chosen.
func (m *Model) subject() (pane, int, bool) {
	if m.detail != nil {
		return m.detail.pane, m.detail.number, m.detail.pane != panes
	}
	number, ok := m.chosen()
	return m.pane, number, ok
}

// request returns the request that a key acts on.
func (m *Model) request() (*launch.Access, bool) {
	if m.detail != nil {
		return m.detail.access, m.detail.access != nil
	}
	p, number, ok := m.subject()
	if !ok || p != requestPane {
		return nil, false
	}
	a, ok := m.requests.get(number)
	return &a, ok
}

// browse opens the chosen request in a browser, and elsewhere the first URL.
func (m *Model) browse() tea.Cmd {
	if !m.acts() || len(m.status.URLs) == 0 {
		return nil
	}
	url := m.status.URLs[0]
	if a, ok := m.request(); ok && a.Method == http.MethodGet && strings.HasPrefix(a.URI, "/") {
		url = strings.TrimSuffix(m.base(a), "/") + a.URI
	}
	open := m.cfg.Open
	return func() tea.Msg { return done{what: diag.T("opened %s", url), err: open(url)} }
}

// base returns the URL of the address that a request came in at.
func (m *Model) base(a *launch.Access) string {
	_, port, err := net.SplitHostPort(a.Listen)
	for _, u := range m.status.URLs {
		if err == nil && strings.HasSuffix(u, ":"+port+"/") {
			return u
		}
	}
	return m.status.URLs[0]
}

// copy copies what is chosen: a request as curl, a line, a place.
func (m *Model) copy() tea.Cmd {
	text, what := "", diag.T("copied")
	p, number, ok := m.subject()
	if !ok {
		return nil
	}
	switch p {
	case requestPane:
		if a, ok := m.request(); ok {
			text, what = curl(a), diag.T("copied as curl")
			if a.Method != http.MethodGet && a.Method != http.MethodHead {
				what = diag.T("copied as curl, without the body, which is not kept")
			}
		}
	case logPane:
		if e, ok := m.log.get(number); ok {
			text = e.Text
		}
	case processPane:
		if number < len(m.processes) {
			text = fmt.Sprint(m.processes[number].pid)
		}
	case findingPane:
		if number < len(m.findings) {
			f := &m.findings[number]
			text = fmt.Sprintf("%s: %s [%s]", filepath.ToSlash(f.Place.String()), f.Message, f.Rule)
		}
	}
	if text == "" {
		return nil
	}
	put := m.cfg.Copy
	return func() tea.Msg { return done{what: what, err: put(text)} }
}

// fails says a fault in the person's language.
func (m *Model) fails(err error) string {
	var t diag.Text
	if errors.As(err, &t) {
		return m.text(t)
	}
	return err.Error()
}
