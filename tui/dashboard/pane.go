package dashboard

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
)

// pane is one of the lists.
type pane int

// The panes, in the order of their keys.
const (
	requestPane pane = iota
	processPane
	logPane
	findingPane
	panes
)

// stream tells whether the newest item of a pane is its last.
func (p pane) stream() bool { return p == requestPane || p == logPane }

func (p pane) name() diag.Text {
	switch p {
	case processPane:
		return diag.T("processes")
	case logPane:
		return diag.T("log")
	case findingPane:
		return diag.T("findings")
	}
	return diag.T("requests")
}

// visible returns the numbers of a pane's items that pass the filter, rising.
func (m *Model) visible(p pane) []int {
	var all []int
	switch p {
	case requestPane:
		for n := m.requests.gone; n < m.requests.gone+m.requests.len(); n++ {
			if a, _ := m.requests.get(n); m.least.fits(a.Status) && m.filter.request(&a) {
				all = append(all, n)
			}
		}
	case logPane:
		for n := m.log.gone; n < m.log.gone+m.log.len(); n++ {
			if e, _ := m.log.get(n); m.filter.line(&e) {
				all = append(all, n)
			}
		}
	case processPane:
		for n := range m.processes {
			all = append(all, n)
		}
	case findingPane:
		for n := range m.findings {
			all = append(all, n)
		}
	}
	return all
}

// row draws an item in exactly so many columns, or fewer; plain is without any
// style, for the row that is chosen.
func (m *Model) row(p pane, number, width int, plain bool) string {
	s := m.styles
	if plain {
		s = newStyles(false)
	}
	switch p {
	case requestPane:
		if a, ok := m.requests.get(number); ok {
			return m.requestRow(&a, width, s)
		}
	case logPane:
		if e, ok := m.log.get(number); ok {
			return m.logRow(&e, width, s)
		}
	case processPane:
		if number < len(m.processes) {
			return m.processRow(&m.processes[number], width, s)
		}
	case findingPane:
		if number < len(m.findings) {
			return m.findingRow(&m.findings[number], width, s)
		}
	}
	return ""
}

// columns is the line above the items of a pane, "" where they need none.
func (m *Model) columns(p pane, width int) string {
	switch p {
	case requestPane:
		return m.requestColumns(width)
	case processPane:
		return m.processColumns(width)
	}
	return ""
}

// empty says why there is nothing in a pane.
func (m *Model) empty(p pane) diag.Text {
	filtered := len(m.filter.words) > 0
	switch {
	case p == requestPane && (filtered || m.least > anyStatus) && m.requests.len() > 0, p == logPane && filtered && m.log.len() > 0:
		return diag.T("nothing passes the filter: esc ends it")
	case !m.ready && m.stopping == 0 && p != findingPane:
		return diag.T("the pair is being started")
	case p == requestPane && m.status.Engines.Nginx == "none":
		return diag.T("no nginx runs: the log tells of requests")
	case p == requestPane && len(m.status.URLs) > 0:
		return diag.T("no request yet: ask %s", m.status.URLs[0])
	case p == requestPane:
		return diag.T("no request yet")
	case p == findingPane && !m.linted:
		return diag.T("the files are being read")
	case p == findingPane:
		return diag.T("the linter finds nothing in these files")
	}
	return diag.T("nothing yet")
}

// open shows an item at length.
func (m *Model) open(p pane, number int) tea.Cmd {
	switch p {
	case requestPane:
		return m.openRequest(number)
	case logPane:
		if e, ok := m.log.get(number); ok {
			m.detail = &detail{pane: p, number: number, title: diag.T("Log"), lines: logDetail(&e)}
		}
	case processPane:
		if number < len(m.processes) {
			m.detail = &detail{pane: p, number: number, title: diag.T("Process"), lines: m.processDetail(&m.processes[number])}
		}
	case findingPane:
		if number < len(m.findings) {
			m.detail = &detail{pane: p, number: number, title: diag.T("Finding"), lines: m.findingDetail(&m.findings[number])}
		}
	}
	return nil
}

// chosen returns the number of the item that keys act on; false in an empty pane.
func (m *Model) chosen() (int, bool) {
	numbers := m.visible(m.pane)
	at := m.lists[m.pane].index(numbers)
	if at < 0 {
		return 0, false
	}
	return numbers[at], true
}
