package tui_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/tui"
)

var update = flag.Bool("update", false, "write the frames of testdata/frames")

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
				for _, f := range frames.All {
					frames.Press(w, f.Keys...)
					fmt.Fprintf(&got, "== %s\n%s\n", f.Name, w.View())
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

// newWizard returns a wizard for a copy of the sample Django project.
func newWizard(t testing.TB, language string, look tui.Look) *tui.Wizard {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(dir, os.DirFS("../testdata/projects/django")); err != nil {
		t.Fatal(err)
	}
	w, err := frames.NewWizard(dir, language, look)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
