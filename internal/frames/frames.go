// Package frames makes the screens of the wizard that the tests keep and the
// pictures of the README show: a wizard for the sample Django project, and the
// keys that lead from one screen to the next.
package frames

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
	"github.com/deployctl/deployctl/tui"
)

// Frame is a screen, with the keys that lead to it from the one before.
type Frame struct {
	Name string
	Keys []string
}

// All are the screens of the wizard that NewWizard makes.
var All = []Frame{
	{"an earlier wizard's answers", nil},
	{"what was found", []string{"n"}},
	{"a wrong answer", []string{"down", "down", "!"}},
	{"all keys", []string{"ctrl+u", "shop.wsgi", "?"}},
	{"where it will run", []string{"esc", "alt+2"}},
	{"the application server", []string{"alt+3", "down", "down", "down", "ctrl+u", "900", "down"}},
	{"servers and TLS", []string{"alt+4", "ctrl+u", "shop.example", "down", "right"}},
	{"another server", []string{"up", "up", "a", "down", "right"}},
	{"the servers", []string{"down", "down", "down", "down", "down", "down", "down", "down"}},
	{"routes", []string{"up", "up", "d", "alt+5"}},
	{"a route", []string{"a", "ctrl+u", "/old/", "enter", "r"}},
	{"routes with another", []string{"enter", "enter", "enter", "enter"}},
	{"limits", []string{"alt+6", "down", "ctrl+u", "20s"}},
	{"the preview alone", []string{"ctrl+p", "tab"}},
	{"the review", []string{"ctrl+p", "alt+7"}},
	{"another file of it", []string{"down", "pgdown"}},
	{"the command line", []string{"down", "down", "down", "down"}},
	{"whether to leave", []string{"esc"}},
}

// NewWizard returns a wizard for the project in a folder, with its first
// preview there and the question of whether to go on with earlier answers.
func NewWizard(dir, language string, look tui.Look) (*tui.Wizard, error) {
	folder := setup.Folder{Dir: dir}
	start, err := folder.Start(false)
	if err != nil {
		return nil, err
	}
	catalog, err := lang.Catalog(language)
	if err != nil {
		return nil, err
	}
	host := project.Host{Cores: 4, Memory: 8192}
	p := start.Project.Clone()
	start.Propose(p, host, language)
	w := tui.NewWizard(tui.Config{
		Project: p, Evidence: start.Evidence, Host: host, Catalog: catalog, Look: look, Preview: func(p *project.Project) tui.Preview { return Preview(folder, p) },
		Keep:    func(int, *project.Project, string) {},
		Earlier: &tui.Earlier{Project: p, Place: "2.0", At: time.Date(2024, 5, 6, 7, 8, 0, 0, time.UTC)},
		Command: func(p *project.Project, force bool) []string { return setup.Command(".", start.Project, p, force) },
	})
	Handle(w, w.Init())
	return w, nil
}

// Preview is what the command line makes of answers.
func Preview(folder setup.Folder, p *project.Project) tui.Preview {
	draft, err := folder.Draft(p)
	if found, ok := project.IsInvalid(err); ok {
		err = found[0].Message
	}
	if err != nil {
		return tui.Preview{Err: err}
	}
	var preview tui.Preview
	for _, s := range draft.Plan.Steps {
		preview.Files = append(preview.Files, tui.PreviewFile{Name: setup.Deploy + "/" + s.Path, Action: s.Action, Old: string(s.Old), Text: string(s.Content)})
	}
	preview.Files = append(preview.Files, tui.PreviewFile{Name: project.FileName, Action: draft.Action(), Old: draft.Old, Text: draft.Text})
	preview.Result, preview.Err = draft.Lint()
	return preview
}

// Keys are the keys that have a name.
var Keys = map[string]tea.KeyMsg{
	"enter": {Type: tea.KeyEnter}, "up": {Type: tea.KeyUp}, "down": {Type: tea.KeyDown}, "left": {Type: tea.KeyLeft}, "right": {Type: tea.KeyRight},
	"esc": {Type: tea.KeyEsc}, "tab": {Type: tea.KeyTab}, "shift+tab": {Type: tea.KeyShiftTab}, "pgup": {Type: tea.KeyPgUp}, "pgdown": {Type: tea.KeyPgDown},
	"ctrl+c": {Type: tea.KeyCtrlC}, "ctrl+p": {Type: tea.KeyCtrlP}, "ctrl+u": {Type: tea.KeyCtrlU}, "delete": {Type: tea.KeyDelete}, "backspace": {Type: tea.KeyBackspace},
	"shift+up": {Type: tea.KeyShiftUp}, "shift+down": {Type: tea.KeyShiftDown}, "ctrl+up": {Type: tea.KeyCtrlUp}, "ctrl+down": {Type: tea.KeyCtrlDown},
	"home": {Type: tea.KeyHome}, "end": {Type: tea.KeyEnd}, "f1": {Type: tea.KeyF1}, " ": {Type: tea.KeySpace, Runes: []rune{' '}},
}

// Messages are those of keys: named ones, alt+ with one, or the letters of a word.
func Messages(keys ...string) []tea.Msg {
	var all []tea.Msg
	for _, key := range keys {
		n, alt := strings.CutPrefix(key, "alt+")
		k, named := Keys[key]
		switch {
		case alt:
			all = append(all, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(n), Alt: true})
		case named:
			k.Runes = slices.Clone(k.Runes) // a field of text changes them in place
			all = append(all, k)
		default:
			for _, r := range key {
				all = append(all, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
			}
		}
	}
	return all
}

// Press sends keys, and tells whether the program ended.
func Press(m tea.Model, keys ...string) (ended bool) {
	for _, msg := range Messages(keys...) {
		ended = Send(m, msg) || ended
	}
	return ended
}

// Send hands a message over, and what comes of it.
func Send(m tea.Model, msg tea.Msg) (ended bool) {
	_, cmd := m.Update(msg)
	return Handle(m, cmd)
}

// Handle runs a command, and hands over what comes of it.
func Handle(m tea.Model, cmd tea.Cmd) (ended bool) {
	if cmd == nil {
		return false
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.QuitMsg:
		return true
	case tea.BatchMsg:
		for _, cmd := range msg {
			ended = Handle(m, cmd) || ended
		}
	default:
		return Send(m, msg)
	}
	return ended
}
