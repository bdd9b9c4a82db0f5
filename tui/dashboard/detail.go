package dashboard

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch"
)

// detail is one item at length, over the panes.
type detail struct {
	pane   pane
	number int
	title  diag.Text
	lines  []string
	top    int
	access *launch.Access // of a request
}

// explain puts in the way of the request.
func (d *detail) explain(m *Model, e explained) {
	text := e.text
	if e.err != nil {
		text = m.fails(e.err)
	}
	d.lines = m.requestDetail(d.access, text)
}

// detailText returns the lines of the detail as they fit.
func (m *Model) detailText(width int) []string {
	if m.detail.pane == panes {
		return m.keyLines(width)
	}
	return broken(strings.Join(m.detail.lines, "\n"), width)
}

// scroll moves what is seen of the detail, by lines.
func (m *Model) scroll(by, width, height int) {
	m.detail.top = max(0, min(m.detail.top+by, len(m.detailText(width))-height))
}

// detailLines draws the detail in so many lines.
func (m *Model) detailLines(width, height int) []string {
	d := m.detail
	m.scroll(0, width, height) // the screen may have grown
	lines := m.detailText(width)
	to := min(len(lines), d.top+height)
	shown := append([]string(nil), lines[min(d.top, to):to]...)
	if d.top == 0 && len(shown) > 0 && d.pane != panes {
		shown[0] = m.styles.title.Render(shown[0])
	}
	return shown
}

// detailTitle is the line above the detail: its title, and how much there is below.
func (m *Model) detailTitle(width, height int) string {
	title := "[" + m.text(m.detail.title) + "]"
	if rest := len(m.detailText(width)) - m.detail.top - height; rest > 0 {
		title += " " + m.text(diag.T("%d more lines", rest))
	}
	return m.styles.mark.Render(cut(title, width))
}
