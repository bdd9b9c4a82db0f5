package dashboard

import tea "github.com/charmbracelet/bubbletea"

// What the tests outside see of the inside.
type Frame = frame

const (
	MaxRequests = maxRequests
	MaxWaiting  = maxWaiting
)

func Stopped(m *Model) *Model {
	m.tick = func() tea.Cmd { return nil }
	return m
}

func Started(a Actions) tea.Msg { return started{a} }
func Saved() tea.Msg            { return saved{} }
func Kept(m *Model) int         { return m.requests.len() + m.log.len() }
func Waiting(f *Feed) int       { return f.waits() }
