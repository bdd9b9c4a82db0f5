package dashboard

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// click is the last one, for a second on the same item.
type click struct {
	pane   pane
	number int
	at     time.Time
}

// doubled is how soon the second click has to follow.
const doubled = 500 * time.Millisecond

// wheel is how many lines a turn of the wheel moves.
const wheel = 3

// mouse answers a click or the wheel.
func (m *Model) mouse(e tea.MouseMsg) tea.Cmd {
	if e.Action != tea.MouseActionPress {
		return nil
	}
	by := 0
	switch e.Button {
	case tea.MouseButtonWheelUp:
		by = -wheel
	case tea.MouseButtonWheelDown:
		by = wheel
	case tea.MouseButtonLeft:
	default:
		return nil
	}
	if m.detail != nil {
		m.scroll(by, m.width, max(1, m.body()-1))
		return nil
	}
	for _, a := range m.layout() {
		if !a.holds(e.X, e.Y) {
			continue
		}
		if by != 0 {
			m.lists[a.pane].move(m.visible(a.pane), by, a.pane.stream())
			return nil
		}
		return m.click(a, e.X, e.Y)
	}
	return nil
}

func (m *Model) click(a area, x, y int) tea.Cmd {
	if y == a.y-1 {
		if p, ok := m.tabAt(x); ok && !m.split() {
			m.pane = p
			return nil
		}
	}
	m.pane = a.pane
	row := y - a.y - m.above(a)
	numbers := m.visible(a.pane)
	l := &m.lists[a.pane]
	from, to := l.window(numbers, a.height-m.above(a))
	if row < 0 || from+row >= to {
		return nil
	}
	number := numbers[from+row]
	// The newest item is chosen itself: others may come.
	l.choose(numbers, from+row, a.pane.stream() && l.end)
	now := m.cfg.Now()
	if c := m.clicked; c.pane == a.pane && c.number == number && now.Sub(c.at) < doubled {
		m.clicked = click{}
		return m.open(a.pane, number)
	}
	m.clicked = click{a.pane, number, now}
	return nil
}
