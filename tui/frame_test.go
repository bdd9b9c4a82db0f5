package tui_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
	"github.com/deployctl/deployctl/tui"
)

var update = flag.Bool("update", false, "write the frames of testdata/frames")

// frames are the screens that are kept, with the keys that lead to each from
// the one before.
var frames = []struct {
	name string
	keys []string
}{
	{"an earlier wizard's answers", nil},
	{"what was found", []string{"n"}},
	{"a wrong answer", []string{"down", "down", "!"}},
	{"all keys", []string{"ctrl+u", "shop.wsgi", "?"}},
	{"where it will run", []string{"esc", "alt+2"}},
	{"the application server", []string{"alt+3", "down", "down", "down", "ctrl+u", "900"}},
	{"servers and TLS", []string{"alt+4", "ctrl+u", "shop.example", "down", "right"}},
	{"routes", []string{"alt+5"}},
	{"a route", []string{"a", "ctrl+u", "/old/", "enter", "r"}},
	{"routes with another", []string{"enter", "enter", "enter", "enter"}},
	{"limits", []string{"alt+6", "down", "ctrl+u", "20s"}},
	{"the preview alone", []string{"ctrl+p", "tab"}},
	{"the review", []string{"ctrl+p", "alt+7"}},
	{"another file of it", []string{"down", "pgdown"}},
	{"whether to leave", []string{"esc"}},
}

// Every step looks as its frame does, in both languages and three sizes.
func TestFrames(t *testing.T) {
	t.Parallel()
	for _, language := range []string{lang.English, lang.Chinese} {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 15}} {
			name := fmt.Sprintf("%s-%dx%d.txt", language, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWizard(t, language, tui.Look{})
				w.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				var got strings.Builder
				for _, f := range frames {
					press(w, f.keys...)
					fmt.Fprintf(&got, "== %s\n%s\n", f.name, w.View())
				}
				if w.Confirmed() != nil {
					t.Error("confirmed")
				}
				compare(t, filepath.Join("testdata", "frames", name), got.String())
			})
		}
	}
}

// compare holds a text against a golden file.
func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("after a meant change: go test ./tui -update\n%s", diff)
	}
}

// newWizard returns a wizard for a copy of the sample Django project, with its
// first preview there.
func newWizard(t testing.TB, language string, look tui.Look) *tui.Wizard {
	t.Helper()
	folder := setup.Folder{Dir: filepath.Join(t.TempDir(), "shop")}
	if err := os.CopyFS(folder.Dir, os.DirFS("../testdata/projects/django")); err != nil {
		t.Fatal(err)
	}
	start, err := folder.Start(false)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := lang.Catalog(language)
	if err != nil {
		t.Fatal(err)
	}
	host := project.Host{Cores: 4, Memory: 8192}
	p := start.Project.Clone()
	start.Propose(p, host)
	w := tui.NewWizard(tui.Config{
		Project: p, Evidence: start.Evidence, Host: host, Catalog: catalog, Look: look, Preview: func(p *project.Project) tui.Preview { return previewOf(folder, p) },
		Keep:    func(int, *project.Project, string) {},
		Earlier: &tui.Earlier{Project: p, Place: "2.0", At: time.Date(2024, 5, 6, 7, 8, 0, 0, time.UTC)},
		Command: func(p *project.Project, force bool) []string { return setup.Command(".", start.Project, p, force) },
	})
	handle(w, w.Init())
	return w
}

// previewOf is what the command line makes of answers.
func previewOf(folder setup.Folder, p *project.Project) tui.Preview {
	draft, err := folder.Draft(p)
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

// keyTypes are the keys that have a name.
var keyTypes = map[string]tea.KeyMsg{
	"enter": {Type: tea.KeyEnter}, "up": {Type: tea.KeyUp}, "down": {Type: tea.KeyDown}, "left": {Type: tea.KeyLeft}, "right": {Type: tea.KeyRight},
	"esc": {Type: tea.KeyEsc}, "tab": {Type: tea.KeyTab}, "shift+tab": {Type: tea.KeyShiftTab}, "pgup": {Type: tea.KeyPgUp}, "pgdown": {Type: tea.KeyPgDown},
	"ctrl+c": {Type: tea.KeyCtrlC}, "ctrl+p": {Type: tea.KeyCtrlP}, "ctrl+u": {Type: tea.KeyCtrlU}, "delete": {Type: tea.KeyDelete}, "backspace": {Type: tea.KeyBackspace},
	"shift+up": {Type: tea.KeyShiftUp}, "shift+down": {Type: tea.KeyShiftDown}, "ctrl+up": {Type: tea.KeyCtrlUp}, "ctrl+down": {Type: tea.KeyCtrlDown},
	"home": {Type: tea.KeyHome}, "end": {Type: tea.KeyEnd}, "f1": {Type: tea.KeyF1}, " ": {Type: tea.KeySpace, Runes: []rune{' '}},
}

// press sends keys, or the letters of a word, and tells of the end.
func press(m tea.Model, keys ...string) (ended bool) {
	for _, key := range keys {
		n, alt := strings.CutPrefix(key, "alt+")
		k, named := keyTypes[key]
		switch {
		case alt:
			ended = send(m, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(n), Alt: true}) || ended
		case named:
			ended = send(m, k) || ended
		default:
			for _, r := range key {
				ended = send(m, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}) || ended
			}
		}
	}
	return ended
}

// send hands a message over, and what comes of it; it tells of the end.
func send(m tea.Model, msg tea.Msg) (ended bool) {
	_, cmd := m.Update(msg)
	return handle(m, cmd)
}

func handle(m tea.Model, cmd tea.Cmd) (ended bool) {
	if cmd == nil {
		return false
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.QuitMsg:
		return true
	case tea.BatchMsg:
		for _, cmd := range msg {
			ended = handle(m, cmd) || ended
		}
	default:
		return send(m, msg)
	}
	return ended
}
