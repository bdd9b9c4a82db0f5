package tui

import (
	"fmt"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/project"
)

// Config is what the wizard needs to know.
type Config struct {
	Project  *project.Project   // the answers to begin with; not changed
	Evidence []project.Evidence // what they were found by
	Host     project.Host       // the machine that it runs on
	Catalog  diag.Catalog
	Look     Look
	// Force overwrites files that a person edited from the start.
	Force bool
	// Preview renders a description, compares it with the disk and lints it. It
	// is called in a goroutine of its own, and writes nothing.
	Preview func(*project.Project) Preview
	// Keep keeps answers and where the wizard is, to go on with when it is
	// interrupted; nil keeps nothing. It is called in goroutines of their own;
	// of two calls the one with the higher number counts.
	Keep func(number int, p *project.Project, place string)
	// Earlier is what an interrupted wizard kept; nil for nothing.
	Earlier *Earlier
	// Command returns the words of the command line that does the same without
	// questions, as a shell reads them; nil for none.
	Command func(p *project.Project, force bool) []string
}

// Earlier is what an interrupted wizard kept.
type Earlier struct {
	Project *project.Project
	Place   string
	At      time.Time
}

// Outcome is what a person confirmed.
type Outcome struct {
	Project *project.Project
	Force   bool // overwrite what a person edited
}

// Wizard is the model of the questions.
type Wizard struct {
	cfg     Config
	styles  styles
	answers answers // the last ones that are valid
	draft   answers // with the one that is being written, where that is valid
	step    int     // len(steps) is the review
	field   int     // of the step; on a list its row, on the review the file
	item    int     // which one of a list is open, -1 for the list itself
	before  answers // the answers before it was opened, or something of the list was removed
	input   textinput.Model
	touched bool  // the answer was changed since the question came up
	fault   error // of the answer as it stands
	pane    pane  // the preview
	shift   int   // rows that the wheel moved the questions by
	mode    mode
	kept    int // number of what was kept last
	force   bool
	ended   bool
	sure    bool // confirmed

	width, height int
}

// mode is what stands in the place of the questions.
type mode uint8

const (
	asking   mode = iota
	resuming      // whether to go on with earlier answers
	leaving       // whether to leave
	previewing
	helping // all keys
)

// NewWizard returns a wizard at its first question, or at that of whether to
// go on with earlier answers.
func NewWizard(cfg Config) *Wizard {
	w := &Wizard{cfg: cfg, styles: newStyles(cfg.Look), answers: answers{cfg.Project.Clone(), cfg.Host}, force: cfg.Force, item: -1, width: 80, height: 24}
	w.input = newInput(w.styles)
	if cfg.Earlier != nil {
		w.mode = resuming
	}
	w.draft = w.answers
	if cfg.Project.Module == "" { // nothing was found: only a person can say it
		w.field = slices.IndexFunc(w.fields(), func(f field) bool { return f.evidence == "project.module" })
	}
	w.show()
	return w
}

// newInput returns a line to write on.
func newInput(s styles) textinput.Model {
	input := textinput.New()
	input.Prompt = ""
	input.CharLimit = 1000
	s.dress(&input)
	input.Focus()
	return input
}

// dress gives a line to write on its looks.
func (s styles) dress(input *textinput.Model) {
	input.Cursor.Style = s.cursor
	input.Cursor.TextStyle, input.TextStyle, input.PlaceholderStyle = s.plainWord, s.plainWord, s.faint
}

// recolor draws for another background.
func (w *Wizard) recolor(dark bool) {
	w.cfg.Look.Dark = dark
	w.styles = newStyles(w.cfg.Look)
	w.styles.dress(&w.input)
	for i := range w.pane.files {
		f := &w.pane.files[i]
		f.lines = w.styles.highlight(f.Name, f.Text)
	}
}

// Confirmed returns the answers once the review was confirmed, and nil before.
func (w *Wizard) Confirmed() *Outcome {
	if !w.sure {
		return nil
	}
	return &Outcome{w.answers.Project, w.force}
}

// Init asks for the first preview.
func (w *Wizard) Init() tea.Cmd { return w.render() }

// Update takes a key, the mouse, a new size or a preview.
func (w *Wizard) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		w.width, w.height = msg.Width, msg.Height
	case background:
		w.recolor(msg.dark)
	case previewed:
		return w, w.previewed(msg)
	case tea.MouseMsg:
		return w, w.mouse(msg)
	case tea.KeyMsg:
		return w, single(msg, w.key)
	}
	return w, nil
}

func (w *Wizard) say(t diag.Text) string { return t.In(w.cfg.Catalog).String() }

// review tells whether all questions are answered.
func (w *Wizard) review() bool { return w.step == len(steps) }

// list is what the step has several of, nil for one with questions of its own.
func (w *Wizard) list() *list {
	if w.review() {
		return nil
	}
	return steps[w.step].list
}

// listing tells whether a list is shown.
func (w *Wizard) listing() bool { return w.list() != nil && w.item < 0 }

// fields are the questions of the screen, nil for a list and the review.
func (w *Wizard) fields() []field {
	switch {
	case w.review(), w.listing():
		return nil
	case w.item >= 0:
		return w.list().fields(w.draft, w.item)
	}
	return steps[w.step].fields(w.draft)
}

// rows is how many things of the screen can be chosen.
func (w *Wizard) rows() int {
	switch {
	case w.review():
		if n := len(w.pane.files); n > 0 && w.cfg.Command != nil {
			return n + 1 // the last is the command line
		}
		return max(1, len(w.pane.files))
	case w.listing():
		return w.list().count(w.answers) + 2
	}
	return len(w.fields())
}

// place says where the wizard is, and goTo goes there.
func (w *Wizard) place() string {
	if w.item >= 0 {
		return fmt.Sprintf("%d.%d.%d", w.step, w.field, w.item)
	}
	return fmt.Sprintf("%d.%d", w.step, w.field)
}

func (w *Wizard) goTo(place string) {
	var step, field, item int
	n, _ := fmt.Sscanf(place, "%d.%d.%d", &step, &field, &item)
	if n < 2 {
		return
	}
	w.step, w.item = min(max(0, step), len(steps)), -1
	if l := w.list(); n == 3 && l != nil && item >= 0 && item < l.count(w.answers) {
		w.open(item)
	}
	w.field = min(max(0, field), w.rows()-1)
	w.show()
}

// keep keeps the answers for a later wizard.
func (w *Wizard) keep() tea.Cmd {
	if w.cfg.Keep == nil {
		return nil
	}
	w.kept++
	number, p, place, keep := w.kept, w.answers.Project.Clone(), w.place(), w.cfg.Keep
	return func() tea.Msg {
		keep(number, p, place)
		return nil
	}
}
