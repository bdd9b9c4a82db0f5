package dashboard

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/launch"
)

// Still returns the screen of a running pair after events and keys, without a
// terminal, for pictures. The clock is that of the events, and what keys ask
// for is done before it returns.
func Still(cfg Config, a Actions, events []launch.Event, width, height int, keys ...tea.KeyMsg) string {
	var now time.Time
	cfg.Now = func() time.Time { return now }
	feed := NewFeed(cfg.Now)
	m := New(cfg, feed, func(bool) {})
	m.tick = func() tea.Cmd { return nil }
	m.width, m.height = width, height
	m.do(m.Init())
	for _, e := range events {
		now = e.Time
		feed.Add(e)
	}
	m.do(func() tea.Msg { return started{a} })
	m.do(m.collect())
	for _, k := range keys {
		m.do(func() tea.Msg { return k })
	}
	return m.View()
}

// do runs a command, and those that come of it.
func (m *Model) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			m.do(c)
		}
	default:
		_, next := m.Update(msg)
		m.do(next)
	}
}
