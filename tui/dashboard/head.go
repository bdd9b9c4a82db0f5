package dashboard

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/diag"
)

// headLines are what stands above the panes: what runs where, and how fast.
func (m *Model) headLines() []string {
	switch m.head() {
	case 2:
		return []string{m.titleLine(), m.speedLine()}
	case 1:
		return []string{m.speedLine()}
	}
	return nil
}

// titleLine says what runs, where it answers, and what is different from usual.
func (m *Model) titleLine() string {
	parts := []string{m.styles.title.Render(clean(m.cfg.Name))}
	if s := m.condition(); s != "" {
		parts = append(parts, s)
	}
	if m.status.Failure != "" && m.stopping == 0 {
		parts = append(parts, m.styles.bad.Render(badMark+" "+clean(m.status.Failure)))
	}
	if len(m.status.URLs) > 0 {
		parts = append(parts, m.styles.mark.Render(m.status.URLs[0]))
	}
	if m.status.Engines.Nginx != "" {
		parts = append(parts, m.styles.faint.Render(m.text(diag.T("nginx: %s, uWSGI: %s", m.status.Engines.Nginx, m.status.Engines.Uwsgi))))
	}
	if !m.status.Started.IsZero() {
		parts = append(parts, m.styles.faint.Render(m.text(diag.T("up %s", since(m.cfg.Now().Sub(m.status.Started))))))
	}
	if m.status.Reloads > 0 {
		parts = append(parts, m.styles.faint.Render(m.text(diag.T("reloads: %d", m.status.Reloads))))
	}
	return fitting(parts, "  ", m.width)
}

// condition is what is going on, "" for the usual.
func (m *Model) condition() string {
	switch {
	case m.stopping > 1:
		return m.styles.bad.Render(m.text(diag.T("stopping at once")))
	case m.stopping > 0:
		return m.styles.odd.Render(m.text(diag.T("stopping: q again does not wait for requests")))
	case !m.ready:
		return m.styles.odd.Render(m.text(diag.T("starting")))
	case m.paused:
		return m.styles.odd.Render(m.text(diag.T("paused, %s new", thousands(int64(m.waiting)))))
	case m.reloads > 0:
		return m.styles.odd.Render(m.text(diag.T("reloading")))
	}
	return ""
}

// narrowSpark is the width that is kept for the drawing.
const narrowSpark = 8

// speedLine draws the requests of the last seconds, and their times.
func (m *Model) speedLine() string {
	n := &m.numbers
	parts := []string{fmt.Sprintf("%.1f/s", n.now)}
	if n.any {
		parts = append(parts, "p50 "+duration(n.half), "p95 "+duration(n.most))
	}
	if busy, all := m.workers(); all > 0 {
		parts = append(parts, m.text(diag.T("%d of %d busy", busy, all)))
	}
	if n.failed > 0 {
		parts = append(parts, m.styles.bad.Render(fmt.Sprintf("%s %s 5xx", badMark, thousands(int64(n.failed)))))
	}
	if m.lost > 0 {
		parts = append(parts, m.styles.odd.Render(m.text(diag.T("%s not shown", thousands(int64(m.lost))))))
	}
	text := fitting(parts, "  ", m.width-narrowSpark-2)
	if room := m.width - ansi.StringWidth(text) - 2; room >= 5 {
		return m.styles.mark.Render(n.spark(min(room, window/2))) + "  " + text
	}
	return text
}

// fitting joins parts from the first on, as long as they fit; the first one is
// shortened when it does not.
func fitting(parts []string, between string, width int) string {
	line := cut(parts[0], width)
	for _, p := range parts[1:] {
		if ansi.StringWidth(line)+ansi.StringWidth(between)+ansi.StringWidth(p) > width {
			break
		}
		line += between + p
	}
	return line
}

// since writes how long something is ago.
func since(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d d", int(d.Hours())/24)
	case d >= time.Hour:
		return fmt.Sprintf("%d:%02d h", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d s", max(0, int(d.Seconds())))
}

// lastLine is the filter while it is typed, what became of a key, or which keys
// there are.
func (m *Model) lastLine() string {
	switch {
	case m.typing:
		m.input.Width = max(1, m.width-3)
		return m.input.View()
	case m.notice != "":
		return m.styles.title.Render(cut(clean(strings.ReplaceAll(m.notice, "\n", "; ")), m.width))
	}
	return m.styles.faint.Render(m.helpLine())
}
