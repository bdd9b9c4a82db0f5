package dashboard_test

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/launch"
	"github.com/deployctl/deployctl/tui/dashboard"
)

// counted is a model that counts how often it is drawn.
type counted struct {
	tea.Model
	frames *atomic.Int64
}

func (c counted) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m, cmd := c.Model.Update(msg)
	return counted{m, c.frames}, cmd
}

func (c counted) View() string {
	c.frames.Add(1)
	return c.Model.View()
}

// flood sends so many requests and lines, as long as the wire allows.
func flood(f *dashboard.Feed, events int) {
	long := "/" + strings.Repeat("a", 8<<10)
	for i := range events {
		a := access("GET", long+string(rune('a'+i%26)), 200, 0.001, 1+i%4)
		a.Asked = append(a.Asked, launch.Header{Name: "Cookie", Value: strings.Repeat("c", 4<<10)})
		f.Add(launch.Event{Time: noon, From: launch.FromNginx, Access: &a})
		if i%10 == 0 {
			f.Add(launch.Event{Time: noon, From: launch.FromApp, Text: strings.Repeat("line ", 2000)})
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Whoever sends events does not wait, even when nobody ever takes them, and
// what is kept of them has a bound. It is not parallel: it measures memory.
func TestFeedIsBounded(t *testing.T) {
	before := heap()
	f := dashboard.NewFeed(time.Now)
	done := make(chan struct{})
	go func() {
		defer close(done)
		flood(f, 100_000)
	}()
	select {
	case <-done:
	case <-time.After(60 * time.Second):
		t.Fatal("the sender waits")
	}
	if n := dashboard.Waiting(f); n < 100_000 {
		t.Errorf("%d events were counted", n)
	}
	if grown := int64(heap()) - int64(before); grown > 24<<20 {
		t.Errorf("%d KiB are held for events that nobody took", grown>>10)
	}
	runtime.KeepAlive(f)
}

// A hundred thousand requests are drawn in a few frames a second, and no more
// of them is held than can be looked at. It is not parallel: it measures memory.
func TestFloodIsCoalesced(t *testing.T) {
	before := heap()
	f := dashboard.NewFeed(time.Now)
	m := dashboard.New(dashboard.Config{Name: "shop", Now: time.Now, Findings: findings}, f, func(bool) {})
	var frames atomic.Int64
	var out bytes.Buffer
	p := tea.NewProgram(counted{m, &frames}, tea.WithInput(nil), tea.WithOutput(&out), tea.WithoutSignalHandler())
	began := time.Now()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() { flood(f, 25_000) })
	}
	go func() {
		wait.Wait()
		for last := frames.Load() + 3; frames.Load() < last; {
			time.Sleep(20 * time.Millisecond) // until the rest was drawn
		}
		p.Quit()
	}()
	if _, err := p.Run(); err != nil {
		t.Fatal(err)
	}
	most := int64(time.Since(began)/(250*time.Millisecond)) + 6 // the first one, the size, the findings
	if n := frames.Load(); n > most || n < 2 {
		t.Errorf("%d frames in %s, want at most %d", n, time.Since(began), most)
	}
	if n := dashboard.Kept(m); n < dashboard.MaxRequests || n > 2*dashboard.MaxRequests {
		t.Errorf("%d events are kept", n)
	}
	if !strings.Contains(m.View(), "[1 requests 100,000]") {
		t.Errorf("not all are counted:\n%s", m.View())
	}
	if grown := int64(heap()) - int64(before); grown > 32<<20 {
		t.Errorf("%d KiB are held", grown>>10)
	}
	runtime.KeepAlive(m)
}
