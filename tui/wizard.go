package tui

import (
	"context"
	"errors"
	"io"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// Preview is what would be written.
type Preview struct {
	Files []PreviewFile
	Err   error
}

// PreviewFile is a file of a preview. Action is what the plan does with it.
type PreviewFile struct{ Name, Action, Text string }

// Config is what the wizard needs to know.
type Config struct {
	Project *project.Project // the answers to begin with; not changed
	Catalog diag.Catalog
	// Valid says what is wrong with a description, in its reader's words.
	Valid func(*project.Project) error
	// Preview renders a description and compares it with the disk. It is
	// called in a goroutine of its own, and writes nothing.
	Preview func(*project.Project) Preview
}

// Wizard is the model of the questions.
type Wizard struct {
	cfg           Config
	project       *project.Project // the last answers that are valid
	step, field   int              // step == len(steps) is the review
	input         textinput.Model
	fault         error // of the answer as it stands
	preview       Preview
	asked, shown  int // numbers of the preview that was asked for last, and of the one that is there
	file, scroll  int
	overlay       bool // the preview in place of the questions
	leaving       bool // asked whether to leave
	confirmed     bool
	width, height int
}

// previewed brings a preview; an older one than was asked for last is dropped.
type previewed struct {
	number int
	Preview
}

// NewWizard returns a wizard at its first question.
func NewWizard(cfg Config) *Wizard {
	w := &Wizard{cfg: cfg, project: clone(cfg.Project), input: textinput.New(), width: 80, height: 24}
	w.input.Prompt = ""
	w.input.CharLimit = 1000
	w.input.Focus()
	w.show()
	return w
}

// Confirmed returns the answers once the review was confirmed, and nil before.
func (w *Wizard) Confirmed() *project.Project {
	if !w.confirmed {
		return nil
	}
	return w.project
}

// Init asks for the first preview.
func (w *Wizard) Init() tea.Cmd { return w.render() }

// Update takes a key, a new size or a preview.
func (w *Wizard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		w.width, w.height = msg.Width, msg.Height
	case previewed:
		if msg.number == w.asked {
			w.preview, w.shown = msg.Preview, msg.number
			w.file = min(w.file, max(0, len(w.preview.Files)-1))
			w.scroll = 0
		}
	case tea.KeyMsg:
		return w, w.key(msg)
	}
	return w, nil
}

// render asks for a preview of the answers.
func (w *Wizard) render() tea.Cmd {
	w.asked++
	number, p, preview := w.asked, clone(w.project), w.cfg.Preview
	return func() tea.Msg { return previewed{number, preview(p)} }
}

// review tells whether all questions are answered.
func (w *Wizard) review() bool { return w.step == len(steps) }

// show puts the answer that stands into the input.
func (w *Wizard) show() {
	w.fault = nil
	if !w.review() {
		w.input.SetValue(steps[w.step].fields[w.field].get(w.project))
		w.input.CursorEnd()
	}
}

// judge tries the answer as it stands in the input.
func (w *Wizard) judge() *project.Project {
	p := clone(w.project)
	f := steps[w.step].fields[w.field]
	if w.input.Value() == f.get(p) {
		w.fault = nil // what was found is no fault of this answer
		return p
	}
	w.fault = f.set(p, w.input.Value())
	if w.fault == nil {
		w.fault = w.cfg.Valid(p)
	}
	return p
}

// take keeps the answer, or tells that it is wrong.
func (w *Wizard) take() bool {
	if w.review() {
		return true
	}
	p := w.judge()
	if w.fault == nil {
		w.project = p
	}
	return w.fault == nil
}

// move goes to another question, by one.
func (w *Wizard) move(by int) {
	w.field += by
	switch {
	case w.review():
		w.step, w.field = len(steps)-1, len(steps[len(steps)-1].fields)-1
	case w.field < 0 && w.step == 0:
		w.field = 0
	case w.field < 0:
		w.step--
		w.field = len(steps[w.step].fields) - 1
	case w.field == len(steps[w.step].fields):
		w.step++
		w.field = 0
	}
	w.show()
}

// RunWizard asks on a terminal and returns the confirmed answers, or
// ErrAborted. It writes no file.
func RunWizard(ctx context.Context, in io.Reader, out io.Writer, cfg Config) (*project.Project, error) {
	w := NewWizard(cfg)
	_, err := tea.NewProgram(w, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(), tea.WithoutSignalHandler()).Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, errors.Join(ErrAborted, err)
	case w.Confirmed() == nil:
		return nil, ErrAborted
	}
	return w.Confirmed(), nil
}
