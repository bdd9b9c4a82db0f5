package tui

import (
	"context"
	"io"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// WalkConfig is what a walk through findings needs to know.
type WalkConfig struct {
	Session *lint.Session
	Catalog diag.Catalog
	Look    Look
	// Explain returns a rule's manual page in lines of at most width columns.
	Explain func(rule string, width int) []string
}

// Walk is the model of a walk through findings: each with its source, its
// explanation and its fix, to be mended, skipped or suppressed with a reason.
// Nothing is written before its end is confirmed.
type Walk struct {
	cfg     WalkConfig
	styles  styles
	now     snapshot
	prints  []string          // the fingerprints of the findings of now
	left    []diag.Diagnostic // those that were neither mended, suppressed nor skipped
	at      int               // in left
	skipped map[string]bool   // by fingerprint
	trail   []string          // the fingerprints that were skipped, in order
	reason  textinput.Model
	mode    walkMode
	busy    bool  // a change is being made
	fault   error // of the last change
	scroll  int
	pages   map[string][]string // of rules, by rule and width
	write   bool                // confirmed

	width, height int
}

// walkMode is what a walk shows.
type walkMode uint8

const (
	walking walkMode = iota
	reasoning
	explaining
	walkHelping
	walkLeaving
)

// snapshot is what a session has come to, while it goes on in a goroutine.
type snapshot struct {
	result             *lint.Result
	fixed              *lint.Fixed
	mended, suppressed int
}

func snap(s *lint.Session) snapshot {
	mended, suppressed := s.Counts()
	return snapshot{s.Result(), s.Fixed(), mended, suppressed}
}

// changed tells that a change was made, or could not be.
type changed struct {
	snapshot
	err error
}

// NewWalk returns a walk at the first finding.
func NewWalk(cfg WalkConfig) *Walk {
	s := newStyles(cfg.Look)
	w := &Walk{cfg: cfg, styles: s, skipped: map[string]bool{}, reason: newInput(s), pages: map[string][]string{}, width: 80, height: 24}
	w.take(snap(cfg.Session))
	return w
}

// Write tells whether what was chosen is to be written.
func (w *Walk) Write() bool { return w.write }

// Init does nothing: the first lint is there already.
func (w *Walk) Init() tea.Cmd { return nil }

// Update takes a key, the mouse, a new size or the end of a change.
func (w *Walk) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		w.width, w.height = msg.Width, msg.Height
	case background:
		w.cfg.Look.Dark = msg.dark
		w.styles = newStyles(w.cfg.Look)
		w.styles.dress(&w.reason)
	case changed:
		w.busy, w.fault, w.scroll = false, msg.err, 0
		w.take(msg.snapshot)
	case tea.MouseMsg:
		if msg.Action == tea.MouseActionPress && msg.Button == tea.MouseButtonWheelDown {
			w.scrollBy(wheelRows)
		}
		if msg.Action == tea.MouseActionPress && msg.Button == tea.MouseButtonWheelUp {
			w.scrollBy(-wheelRows)
		}
		if msg.Action == tea.MouseActionPress && msg.Button == tea.MouseButtonLeft {
			rows := w.screen()
			if msg.Y >= 0 && msg.Y < len(rows) {
				if act := rows[msg.Y].click(msg.X); act != nil {
					return w, act()
				}
			}
		}
	case tea.KeyMsg:
		return w, single(msg, w.key)
	}
	return w, nil
}

func (w *Walk) say(t diag.Text) string { return t.In(w.cfg.Catalog).String() }

// take takes what the session came to.
func (w *Walk) take(now snapshot) {
	w.now, w.prints = now, nil
	for _, print := range lint.Fingerprints(now.result.Diagnostics) {
		w.prints = append(w.prints, print.Hash())
	}
	w.choose("")
}

// choose works out which findings are left, and comes to the one with the
// fingerprint, where there is one.
func (w *Walk) choose(print string) {
	w.left = nil
	for i, d := range w.now.result.Diagnostics {
		if w.skipped[w.prints[i]] {
			continue
		}
		if w.prints[i] == print {
			w.at = len(w.left)
		}
		w.left = append(w.left, d)
	}
	w.at = min(w.at, max(0, len(w.left)-1))
}

// finding is the one that is shown; ok is false at the end.
func (w *Walk) finding() (d diag.Diagnostic, ok bool) {
	if len(w.left) == 0 {
		return d, false
	}
	return w.left[w.at], true
}

// skip leaves the finding that is shown as it is.
func (w *Walk) skip() {
	n := 0
	for _, print := range w.prints {
		if w.skipped[print] {
			continue
		}
		if n == w.at {
			w.skipped[print] = true
			w.trail = append(w.trail, print)
			break
		}
		n++
	}
	w.choose("")
}

// unskip goes back to the finding that was skipped last.
func (w *Walk) unskip() {
	n := len(w.trail) - 1
	if n < 0 {
		return
	}
	print := w.trail[n]
	w.trail = w.trail[:n]
	delete(w.skipped, print)
	w.choose(print)
}

// change makes a change, which lints again, in a goroutine of its own.
func (w *Walk) change(by func() error) tea.Cmd {
	w.busy, w.fault = true, nil
	return func() tea.Msg {
		err := by()
		return changed{snap(w.cfg.Session), err}
	}
}

// RunWalk walks through findings on a terminal; it tells whether what was
// chosen is to be written. It writes no file.
func RunWalk(ctx context.Context, in io.Reader, out io.Writer, cfg WalkConfig) (write bool, err error) {
	w := NewWalk(cfg)
	if err := run(ctx, in, out, w, cfg.Look.Ask); err != nil {
		return false, err
	}
	return w.write, nil
}
