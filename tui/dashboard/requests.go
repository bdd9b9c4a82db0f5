package dashboard

import (
	"fmt"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch"
)

// requestWidths are the columns of a request: status, method, path, time,
// worker and location; 0 for one that has no room.
type requestWidths struct{ method, path, took, worker, location int }

func widthsOf(width int) requestWidths {
	w := requestWidths{method: 7, took: 7}
	switch {
	case width < 30:
		w.method = 0
	case width < 50:
		w.method = 4
	}
	if width >= 56 {
		w.worker = 3
	}
	if width >= 70 {
		w.location = (width - 30) * 2 / 5
	}
	// The mark and the status take 6 columns with the blank behind them.
	w.path = width - 6 - w.took - 1
	if w.method > 0 {
		w.path -= w.method + 1
	}
	if w.worker > 0 {
		w.path -= w.worker + 1
	}
	if w.location > 0 {
		w.path -= w.location + 2
	}
	return w
}

func (m *Model) requestColumns(width int) string {
	w := widthsOf(width)
	return pad(" "+m.text(diag.T("Code")), 5) + " " +
		w.line(m.text(diag.T("Method")), m.text(diag.T("Path")), m.text(diag.T("Time")), m.text(diag.T("W")), m.text(diag.T("Location")))
}

// line puts the columns behind the status together.
func (w requestWidths) line(method, path, took, worker, location string) string {
	line := ""
	if w.method > 0 {
		line = pad(method, w.method) + " "
	}
	line += pad(path, w.path) + " " + padLeft(took, w.took)
	if w.worker > 0 {
		line += " " + padLeft(worker, w.worker)
	}
	if w.location > 0 {
		line += "  " + location
	}
	return line
}

func (m *Model) requestRow(a *launch.Access, width int, s styles) string {
	w := widthsOf(width)
	mark, style := " ", lipgloss.NewStyle()
	switch {
	case a.Status >= 500:
		mark, style = badMark, s.bad
	case a.Status >= 400:
		mark, style = oddMark, s.odd
	case a.Status >= 300:
		style = s.faint
	}
	worker := ""
	if a.Worker > 0 {
		worker = strconv.Itoa(a.Worker)
	}
	return style.Render(mark+" "+pad(strconv.Itoa(a.Status), 3)) + " " +
		w.line(clean(a.Method), clean(a.URI), duration(a.Took), worker, s.faint.Render(cut(answeredBy(a, w.location), w.location)))
}

// answeredBy names the location that answered, and where it is written, when
// there is room for both.
func answeredBy(a *launch.Access, width int) string {
	where := strings.TrimPrefix(clean(a.Location), "location ")
	at := clean(a.At.String())
	at = at[strings.LastIndexByte(at, '/')+1:]
	if long := strings.TrimSpace(where + "  " + at); where == "" || ansi.StringWidth(long) <= width {
		return long
	}
	return where
}

// openRequest shows a request, with what it has to be asked for.
func (m *Model) openRequest(number int) tea.Cmd {
	a, ok := m.requests.get(number)
	if !ok {
		return nil
	}
	m.detail = &detail{pane: requestPane, number: number, title: diag.T("Request"), access: &a}
	m.detail.lines = m.requestDetail(&a, m.text(diag.T("its way through the files is being looked up")))
	if !m.ready {
		m.detail.lines = m.requestDetail(&a, "")
		return nil
	}
	explain := m.actions.Explain
	return func() tea.Msg {
		text, err := explain(a)
		return explained{number, text, err}
	}
}

// requestDetail says all of a request; way is where it went in the files.
func (m *Model) requestDetail(a *launch.Access, way string) []string {
	var lines []string
	add := func(t diag.Text) { lines = append(lines, m.text(t)) }
	add(diag.T("%s %s", a.Method, a.URI))
	add(diag.T("answered %d after %s, %s", a.Status, duration(a.Took), size(a.Sent)))
	if a.At.File != "" {
		add(diag.T("by %s (%s)", orServer(a.Location), a.At.String()))
	}
	if a.Worker > 0 {
		add(diag.T("worker %d of the application, at %s", a.Worker, a.Upstream))
	} else if a.Upstream != "" && a.Upstream != "-" {
		add(diag.T("the application, at %s", a.Upstream))
	}
	if a.Remote != "" {
		add(diag.T("from %s to %s", a.Remote, a.Listen))
	}
	if way != "" {
		lines = append(lines, "")
		lines = append(lines, strings.Split(strings.TrimRight(way, "\n"), "\n")...)
	}
	for _, part := range []struct {
		title diag.Text
		all   []launch.Header
	}{{diag.T("Headers of the request"), a.Asked}, {diag.T("Headers of the answer"), a.Answered}} {
		if len(part.all) == 0 {
			continue
		}
		lines = append(lines, "", m.text(part.title))
		for _, h := range part.all {
			lines = append(lines, fmt.Sprintf("  %s: %s", h.Name, h.Value))
		}
	}
	if strings.HasPrefix(m.status.Engines.Nginx, "native") {
		lines = append(lines, "", m.text(diag.T("nginx itself tells of well-known headers only; the embedded one tells of all")))
	}
	return append(lines, "", curl(a))
}

func orServer(location string) string {
	if location == "" {
		return "server"
	}
	return location
}
