package tui_test

import (
	"context"
	"fmt"
	"math/rand"
	"path/filepath"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/tui"
)

// newWalk returns a walk through the findings of a faulty pair.
func newWalk(t testing.TB, language string) (*tui.Walk, tui.WalkConfig) {
	t.Helper()
	cfg, err := frames.WalkConfig(language, tui.Look{})
	if err != nil {
		t.Fatal(err)
	}
	return tui.NewWalk(cfg), cfg
}

// walkFrames are the screens that are kept, with the keys that lead to each.
var walkFrames = []struct {
	name string
	keys []string
}{
	{"a finding with a fix", nil},
	{"its rule", []string{"e"}},
	{"after the fix", []string{"a"}},
	{"the reason", []string{"i", "one 核 only"}},
	{"no reason", []string{"ctrl+u", "enter"}},
	{"suppressed", []string{"box", "enter"}},
	{"all keys", []string{"?"}},
	{"the end", []string{"?", "s", "s", "s", "s"}},
	{"whether to write", []string{"q"}},
}

func TestWalkFrames(t *testing.T) {
	t.Parallel()
	for _, language := range []string{lang.English, lang.Chinese} {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 15}} {
			w, _ := newWalk(t, language)
			w.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			var got strings.Builder
			for _, f := range walkFrames {
				frames.Press(w, f.keys...)
				fmt.Fprintf(&got, "== %s\n%s\n", f.name, w.View())
				for _, width := range []int{20, 40, 44, 99, 100, 200} {
					for _, height := range []int{6, 10, 60} {
						w.Update(tea.WindowSizeMsg{Width: width, Height: height})
						fits(t, w, width, height, f.name)
					}
				}
				w.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			}
			compare(t, filepath.Join("testdata", "frames", fmt.Sprintf("walk-%s-%dx%d.txt", language, size[0], size[1])), got.String())
		}
	}
}

func TestWalkChanges(t *testing.T) {
	t.Parallel()
	w, cfg := newWalk(t, lang.English)
	frames.Press(w, "s", "s", "left", "left", "a", "i", "one core", "enter", "u", "u", "u", "a", "i", "one core", "enter")
	if text := cfg.Session.Fixed().New["nginx.conf"]; !strings.HasPrefix(text, "user nobody nogroup;\n# deployctl:ignore nginx-worker-limits one core\nworker_processes 1;\n") {
		t.Errorf("the file is not as it was chosen:\n%s", text)
	}
	if frames.Press(w, "q", "esc") || !frames.Press(w, "q", "n") || w.Write() {
		t.Error("a no does not end, or it writes")
	}
	w, _ = newWalk(t, lang.English)
	if !frames.Press(w, "a", "q", "y") || !w.Write() {
		t.Error("a yes does not end and write")
	}
	w, _ = newWalk(t, lang.English)
	if !frames.Press(w, "q") || w.Write() {
		t.Error("where nothing changed q does not just end")
	}
	w, _ = newWalk(t, lang.English)
	if !frames.Press(w, "a", "s", "s", "s", "s", "enter") || !w.Write() {
		t.Errorf("the last screen does not write:\n%s", w.View())
	}
	w, cfg = newWalk(t, lang.English)
	click(t, w, "a accept")
	if len(cfg.Session.Fixed().New) != 1 {
		t.Error("a click does not accept")
	}
}

// Random keys neither panic, nor draw outside, nor write unasked.
func TestWalkRandomKeys(t *testing.T) {
	t.Parallel()
	keys := []string{"a", "s", "i", "e", "u", "?", "q", "y", "n", "p", "left", "right", "up", "down", "pgup", "pgdown", "enter", "esc", "ctrl+c", "why", "中", " ", "backspace"}
	random := rand.New(rand.NewSource(5))
	w, _ := newWalk(t, lang.English)
	width, height := 80, 24
	for i := range 800 {
		asked := strings.Contains(w.View(), "Write what was chosen?") || strings.Contains(w.View(), "Enter writes") || strings.Contains(w.View(), "Enter ends") || width < 60
		if random.Intn(10) == 0 {
			width, height = random.Intn(130), random.Intn(45)
			w.Update(tea.WindowSizeMsg{Width: width, Height: height})
			continue
		}
		key := keys[random.Intn(len(keys))]
		ended := frames.Press(w, key)
		fits(t, w, width, height, fmt.Sprintf("key %d, %q", i, key))
		if w.Write() && !asked && height > 6 {
			t.Fatalf("key %d, %q: written unasked:\n%s", i, key, w.View())
		}
		if ended {
			w, _ = newWalk(t, lang.English)
			w.Update(tea.WindowSizeMsg{Width: width, Height: height})
		}
	}
}

func TestAskWalk(t *testing.T) {
	t.Parallel()
	for _, language := range []string{lang.English, lang.Chinese} {
		_, cfg := newWalk(t, language)
		var out strings.Builder
		write, err := tui.AskWalk(context.Background(), strings.NewReader("x\na\ni\n\ni\none core\nu\ns\ns\ns\n\n"), &out, cfg)
		if err != nil || !write {
			t.Errorf("%v, %v\n%s", write, err, out.String())
		}
		compare(t, filepath.Join("testdata", "frames", "walk-"+language+"-accessible.txt"), out.String())
		_, cfg = newWalk(t, language)
		if write, err := tui.AskWalk(context.Background(), strings.NewReader("a\n"), &out, cfg); write || err == nil {
			t.Errorf("the end of the input writes: %v, %v", write, err)
		}
	}
}
