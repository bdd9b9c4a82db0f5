package tui_test

import (
	"fmt"
	"math/rand"
	"os"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
	"github.com/deployctl/deployctl/tui"
)

// replays fails where the answers, as the command line of the review says them,
// come to something else.
func replays(t *testing.T, from, to *project.Project) {
	t.Helper()
	again := from.Clone()
	changes := project.Changes(from, to)
	if err := setup.Apply(again, changes); err != nil {
		t.Fatalf("%v: %v", changes, err)
	}
	want, err := to.Marshal("")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Marshal(""); err != nil || got != want {
		t.Fatalf("%v come to something else: %v\n%s", changes, err, cmp.Diff(want, got))
	}
}

// Random keys, clicks and sizes neither panic, nor draw outside, nor write, nor
// confirm anywhere but on the review.
func TestWizardRandomKeys(t *testing.T) {
	t.Parallel()
	var keys []string
	for key := range frames.Keys {
		keys = append(keys, key)
	}
	keys = append(keys, "alt+1", "alt+2", "alt+3", "alt+4", "alt+5", "alt+6", "alt+7", "a", "d", "u", "e", "n", "o", "y", "0", "中", ":", "/", "%", "é", "?", "~", "\x1b",
		"alt+4|enter|a", "alt+5|a", "alt+5|K", "alt+5|J", "esc|esc", "right|down", "right|right|down", "ctrl+u|/x/", "ctrl+u|x.example", "ctrl+u|20m", "ctrl+u|7d", "ctrl+u|10r/s", "ctrl+u|GET POST", "ctrl+u|main", "ctrl+u|new")
	// The order of a map is not fixed, and the seed shall be.
	sortStrings(keys)
	sizes := [][2]int{{80, 24}, {120, 40}, {40, 15}, {100, 10}, {5, 3}, {1, 1}, {0, 0}}
	random := rand.New(rand.NewSource(5))
	folder := setup.Folder{Dir: t.TempDir()}
	p, err := project.Parse("deployctl.ini", "[project]\nname = shop\nroot = /srv/shop\nmodule = shop.wsgi:application\n")
	if err != nil {
		t.Fatal(err)
	}
	start := func() *tui.Wizard {
		return tui.NewWizard(tui.Config{Project: p, Preview: func(p *project.Project) tui.Preview {
			draft, err := folder.Draft(p)
			if err != nil {
				return tui.Preview{Err: err}
			}
			return tui.Preview{Files: []tui.PreviewFile{{Name: "uwsgi.ini", Text: string(draft.Plan.Steps[0].Content)}, {Name: project.FileName, Text: draft.Text}}}
		}})
	}
	w, size, ends := start(), sizes[0], 0
	frames.Handle(w, w.Init())
	for i := range 5000 {
		before := w.View()
		onReview := tui.Reviews(w)
		key, ended := keys[random.Intn(len(keys))], false
		switch random.Intn(12) {
		case 0:
			size = sizes[random.Intn(len(sizes))]
			w.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		case 1:
			ended = frames.Send(w, tea.MouseMsg{X: random.Intn(130), Y: random.Intn(45), Action: tea.MouseActionPress, Button: tea.MouseButton(random.Intn(6))})
		default:
			for part := range strings.SplitSeq(key, "|") {
				if onReview = tui.Reviews(w); !ended {
					ended = frames.Press(w, part)
				}
			}
		}
		if w.Confirmed() != nil && !onReview {
			t.Fatalf("key %d, %q: confirmed before the review:\n%s", i, key, before)
		}
		fits(t, w, size[0], size[1], fmt.Sprintf("key %d, %q", i, key))
		if i%5 == 0 {
			replays(t, p, tui.Answers(w))
		}
		if ended {
			ends++
			w = start()
			frames.Handle(w, w.Init())
			w.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		}
	}
	if ends < 5 {
		t.Errorf("the keys came to an end %d times only", ends)
	}
	if left, err := os.ReadDir(folder.Dir); err != nil || len(left) > 0 {
		t.Errorf("written: %v, %v", left, err)
	}
}
