package dashboard

import (
	"strings"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/launch"
)

// What is kept of what is not shown yet: more than this between two frames and
// the oldest are dropped, for the sender never waits.
const maxWaiting = 2048

// What is kept of one event, in bytes.
const (
	maxText    = 2 << 10
	maxHeaders = 4 << 10
)

// Feed takes events from the run at any pace, and hands them to the model when
// it draws. Its methods may be called from everywhere, and never wait.
type Feed struct {
	now func() time.Time

	mu      sync.Mutex
	waiting *ring[launch.Event]
	lost    int       // dropped since the last take
	news    []tea.Msg // what is no event, in order
	rates   rates
}

// NewFeed returns an empty feed. now is the clock.
func NewFeed(now func() time.Time) *Feed {
	return &Feed{now: now, waiting: newRing[launch.Event](maxWaiting)}
}

// Add takes an event of the run.
func (f *Feed) Add(e launch.Event) {
	e.Text = clip(e.Text, maxText)
	if e.Access != nil {
		e.Access = clipAccess(e.Access)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.Access != nil {
		f.rates.add(f.now().Unix(), e.Access.Took, e.Access.Status >= 500)
	}
	if f.waiting.len() == maxWaiting {
		f.lost++
	}
	f.waiting.push(e)
}

// tell takes what is no event of the run.
func (f *Feed) tell(msg tea.Msg) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.news = append(f.news, msg)
}

// take returns the events since the last time, how many before them were
// dropped, and the news.
func (f *Feed) take() (events []launch.Event, lost int, news []tea.Msg) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.waiting.len() {
		e, _ := f.waiting.get(f.waiting.gone + i)
		events = append(events, e)
	}
	lost, news = f.lost, f.news
	f.waiting.clear()
	f.lost, f.news = 0, nil
	return events, lost, news
}

// takeNews is take for a screen that stands still: the events wait.
func (f *Feed) takeNews() []tea.Msg {
	f.mu.Lock()
	defer f.mu.Unlock()
	news := f.news
	f.news = nil
	return news
}

// waits returns how many events have come since the last take.
func (f *Feed) waits() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.waiting.len() + f.lost
}

// numbers returns what was counted up to now.
func (f *Feed) numbers() numbers {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rates.numbers(f.now().Unix())
}

// clip shortens a text that came from outside, and lets go of the rest.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(strings.Clone(s[:most]), "") + "…"
}

func clipAccess(a *launch.Access) *launch.Access {
	c := *a
	for _, s := range []*string{&c.URI, &c.Method, &c.Host, &c.Location, &c.Upstream, &c.Remote} {
		*s = clip(*s, maxText)
	}
	c.Asked, c.Answered = clipHeaders(c.Asked), clipHeaders(c.Answered)
	return &c
}

func clipHeaders(all []launch.Header) []launch.Header {
	left := maxHeaders
	for i, h := range all {
		if left -= len(h.Name) + len(h.Value) + 32; left < 0 {
			return append([]launch.Header(nil), all[:i]...)
		}
	}
	return all
}
