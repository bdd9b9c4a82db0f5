package dashboard

// The size in columns and lines from which all panes are on the screen at once.
const (
	wideScreen = 100
	highScreen = 30
)

// area is where a pane's items are drawn; its title stands above.
type area struct {
	pane                pane
	x, y, width, height int
}

// holds tells whether a cell belongs to the area or its title.
func (a area) holds(x, y int) bool {
	return x >= a.x && x < a.x+a.width && y >= a.y-1 && y < a.y+a.height
}

// head is how many lines stand above the panes.
func (m *Model) head() int {
	switch {
	case m.height >= 10:
		return 2
	case m.height >= 6:
		return 1
	}
	return 0
}

// body is how many lines are between the head and the help line.
func (m *Model) body() int { return max(0, m.height-m.head()-1) }

// split tells whether all panes are on the screen.
func (m *Model) split() bool { return !m.single && m.width >= wideScreen && m.height >= highScreen }

// gutter is the line between the panes on the left and those on the right.
const gutter = " │ "

// layout returns where the panes are.
func (m *Model) layout() []area {
	y, body := m.head(), m.body()
	if !m.split() {
		return []area{{m.pane, 0, y + 1, m.width, max(0, body-1)}}
	}
	left := m.width * 3 / 5
	right := m.width - left - len([]rune(gutter))
	log := body * 2 / 5
	processes := min(body/2, max(6, len(m.processes)+3))
	return []area{
		{requestPane, 0, y + 1, left, body - log - 1},
		{logPane, 0, y + body - log + 1, left, log - 1},
		{processPane, left + len([]rune(gutter)), y + 1, right, processes - 1},
		{findingPane, left + len([]rune(gutter)), y + processes + 1, right, body - processes - 1},
	}
}

// areaOf returns where a pane is, or would be.
func (m *Model) areaOf(p pane) area {
	for _, a := range m.layout() {
		if a.pane == p {
			return a
		}
	}
	return area{p, 0, m.head() + 1, m.width, max(0, m.body()-1)}
}

// above is how many lines stand between a pane's title and its items.
func (m *Model) above(a area) int {
	if a.height >= 4 && m.columns(a.pane, a.width) != "" {
		return 1
	}
	return 0
}
