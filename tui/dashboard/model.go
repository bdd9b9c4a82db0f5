package dashboard

import (
	"context"
	"time"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch"
)

// What is kept to look at.
const (
	maxRequests = 2000
	maxLog      = 2000
)

// How often the screen is drawn when nobody presses a key, and how often the
// processes are asked how they are.
const (
	frameEvery  = 250 * time.Millisecond
	statusEvery = time.Second
)

// said is how long the screen shows what became of a key.
const said = 5 * time.Second

// Config is what a dashboard is given. The functions are called in goroutines of
// their own.
type Config struct {
	Name    string // of the project
	Catalog diag.Catalog
	Color   bool
	// Findings lints the files as they are.
	Findings func() []launch.Finding
	// Open shows a URL in a browser.
	Open func(url string) error
	// Copy puts text into the clipboard.
	Copy func(text string) error
	// Now is the clock.
	Now func() time.Time
}

// Actions are what acts on the pair once it runs; each is called in a goroutine
// of its own.
type Actions struct {
	Status  func(context.Context) launch.Status
	Reload  func(context.Context) error
	Restart func(ctx context.Context, file string, worker int) error
	Explain func(launch.Access) (string, error)
}

// Model is the screen.
type Model struct {
	cfg    Config
	feed   *Feed
	styles styles
	// stop asks the pair to stop, the second time at once.
	stop func(hurry bool)
	tick func() tea.Cmd // the clock of the frames

	actions  Actions
	ready    bool // the pair answers, and actions are there
	stopping int  // how often it was asked to stop
	reloads  int  // under way

	requests  *ring[launch.Access]
	log       *ring[launch.Event]
	lost      int // events that were dropped between two frames
	status    launch.Status
	asking    bool // for the status
	asked     time.Time
	processes []process
	findings  []launch.Finding
	linting   int  // under way
	linted    bool // at least once
	numbers   numbers

	width, height int
	pane          pane
	single        bool // one pane alone, where there is room for all
	lists         [panes]list
	filter        filter
	least         least
	typing        bool
	input         textinput.Model
	paused        bool
	waiting       int // what has come while the screen stands still
	detail        *detail
	notice        string
	noticed       time.Time
	clicked       click
}

// The messages of the model.
type (
	frame     struct{} // time to draw
	started   struct{ Actions }
	saved     struct{} // a file of the configuration
	ended     struct{} // the pair
	stated    struct{ launch.Status }
	lints     struct{ findings []launch.Finding }
	explained struct {
		number int
		text   string
		err    error
	}
	done struct { // what a key asked for
		what   diag.Text
		err    error
		reload bool
	}
)

// New returns the screen of a pair that is being started. stop asks it to stop,
// and cuts off what it waits for when told to hurry.
func New(cfg Config, feed *Feed, stop func(hurry bool)) *Model {
	m := &Model{
		cfg: cfg, feed: feed, styles: newStyles(cfg.Color), stop: stop, tick: tick, requests: newRing[launch.Access](maxRequests), log: newRing[launch.Event](maxLog),
		width: 80, height: 24, input: textinput.New(),
	}
	m.input.Prompt = "/"
	m.input.CharLimit = 200
	m.input.Focus()
	m.lists[requestPane].end, m.lists[logPane].end = true, true
	return m
}

// Init starts the clock, and lints.
func (m *Model) Init() tea.Cmd { return tea.Batch(m.tick(), m.lint()) }

func tick() tea.Cmd { return tea.Tick(frameEvery, func(time.Time) tea.Msg { return frame{} }) }

// Update takes a key, the mouse, the clock, or what a function has brought.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyMsg:
		return m, m.key(msg)
	case tea.MouseMsg:
		return m, m.mouse(msg)
	case frame:
		return m, tea.Batch(m.tick(), m.collect())
	case started:
		m.actions, m.ready = msg.Actions, true
		return m, m.ask()
	case saved:
		return m, m.lint()
	case ended:
		return m, tea.Quit
	case stated:
		m.asking, m.status = false, msg.Status
		m.processes = processesOf(&msg.Status)
	case lints:
		m.linting--
		m.findings, m.linted = msg.findings, true
	case explained:
		if m.detail != nil && m.detail.number == msg.number && m.detail.pane == requestPane {
			m.detail.explain(m, msg)
		}
	case done:
		m.finished(msg)
	}
	return m, nil
}

// collect takes what has come since the last frame.
func (m *Model) collect() tea.Cmd {
	m.numbers = m.feed.numbers()
	if m.notice != "" && m.cfg.Now().Sub(m.noticed) > said {
		m.notice = ""
	}
	var news []tea.Msg
	if m.paused {
		news, m.waiting = m.feed.takeNews(), m.feed.waits()
	} else {
		var events []launch.Event
		var lost int
		events, lost, news = m.feed.take()
		m.lost += lost
		for _, e := range events {
			if e.Access != nil {
				m.requests.push(*e.Access)
				continue
			}
			m.log.push(e)
		}
	}
	var all []tea.Cmd
	for _, msg := range news {
		_, cmd := m.Update(msg)
		all = append(all, cmd)
	}
	return tea.Batch(append(all, m.ask())...)
}

// ask asks how the processes are, when it is time.
func (m *Model) ask() tea.Cmd {
	if !m.ready || m.asking || m.cfg.Now().Sub(m.asked) < statusEvery {
		return nil
	}
	m.asking, m.asked = true, m.cfg.Now()
	status := m.actions.Status
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return stated{status(ctx)}
	}
}

func (m *Model) lint() tea.Cmd {
	m.linting++
	find := m.cfg.Findings
	return func() tea.Msg { return lints{find()} }
}

// finished shows what became of what a key asked for.
func (m *Model) finished(d done) {
	if d.reload {
		m.reloads--
	}
	if d.err != nil {
		m.say(badMark + " " + m.fails(d.err))
		return
	}
	m.say(m.text(d.what))
}

// say shows something for a while.
func (m *Model) say(text string) { m.notice, m.noticed = text, m.cfg.Now() }

// text says something in the person's language.
func (m *Model) text(t diag.Text) string { return t.In(m.cfg.Catalog).String() }
