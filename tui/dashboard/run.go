package dashboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/launch"
)

// tailLines is how many of the last lines of the log are kept for after the
// screen is gone.
const tailLines = 15

// Dashboard shows a pair on a terminal while it runs.
type Dashboard struct {
	cfg   Config
	feed  *Feed
	hurry chan struct{}
	once  sync.Once

	mu   sync.Mutex
	tail *ring[launch.Event]
}

// NewDashboard returns a dashboard that is not shown yet. Its methods may be
// called from everywhere, and none but Run waits for anything.
func NewDashboard(cfg Config) *Dashboard {
	return &Dashboard{cfg: cfg, feed: NewFeed(cfg.Now), hurry: make(chan struct{}), tail: newRing[launch.Event](tailLines)}
}

// Event shows an event of the run.
func (d *Dashboard) Event(e launch.Event) {
	d.feed.Add(e)
	if e.Access != nil {
		return
	}
	e.Text = clip(e.Text, maxText)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tail.push(e)
}

// Ready tells that the pair answers, and how it is acted on.
func (d *Dashboard) Ready(a Actions) { d.feed.tell(started{a}) }

// Saved tells that a file of the configuration has changed.
func (d *Dashboard) Saved() { d.feed.tell(saved{}) }

// Hurry is closed when the person asks a second time to stop.
func (d *Dashboard) Hurry() <-chan struct{} { return d.hurry }

// Tail returns the last lines of the log, for who wants to know why a pair has
// ended after the screen is gone.
func (d *Dashboard) Tail() []launch.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []launch.Event
	for n := d.tail.gone; n < d.tail.gone+d.tail.len(); n++ {
		e, _ := d.tail.get(n)
		all = append(all, e)
	}
	return all
}

// Run shows the screen while up runs, and returns what up does, with the
// terminal as it was before. up ends when its context does, which the person
// asks for.
func (d *Dashboard) Run(ctx context.Context, in io.Reader, out io.Writer, up func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := New(d.cfg, d.feed, func(hurry bool) {
		cancel()
		if hurry {
			d.once.Do(func() { close(d.hurry) })
		}
	})
	// The program gets no context: the screen stays until the pair has stopped.
	p := tea.NewProgram(m, tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(), tea.WithMouseCellMotion(), tea.WithoutSignalHandler())
	result := make(chan error, 1)
	go func() {
		err := whole(ctx, up)
		result <- err
		p.Send(ended{})
	}()
	_, failure := p.Run()
	cancel()
	err := <-result
	if failure != nil {
		return errors.Join(err, fmt.Errorf("show the dashboard: %w", failure))
	}
	return err
}

// whole makes an error of a panic, so that the terminal is given back.
func whole(ctx context.Context, up func(context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the run has failed: %v\n%s", r, debug.Stack())
		}
	}()
	return up(ctx)
}
