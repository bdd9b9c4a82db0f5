package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
	"github.com/deployctl/deployctl/tui"
)

// A file that a person edited is a conflict, and stays unless they say so.
func TestWizardConflict(t *testing.T) {
	t.Parallel()
	folder := setup.Folder{Dir: t.TempDir()}
	if err := os.MkdirAll(filepath.Join(folder.Dir, setup.Deploy), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder.Dir, setup.Deploy, "nginx.conf"), []byte("# mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := project.Parse("deployctl.ini", "[project]\nname = shop\nroot = /srv/shop\nmodule = shop.wsgi:application\n")
	if err != nil {
		t.Fatal(err)
	}
	w := tui.NewWizard(tui.Config{Project: p, Preview: func(p *project.Project) tui.Preview { return frames.Preview(folder, p) }})
	frames.Handle(w, w.Init())
	frames.Press(w, "alt+7", "down")
	if view := w.View(); !strings.Contains(view, "> ! conflict  deploy/nginx.conf") || !strings.Contains(view, "-# mine") {
		t.Errorf("no conflict with its difference:\n%s", view)
	}
	frames.Press(w, "o")
	if !strings.Contains(w.View(), "> ! overwrite  deploy/nginx.conf") {
		t.Errorf("o does not overwrite:\n%s", w.View())
	}
	if !frames.Press(w, "enter") || !w.Confirmed().Force {
		t.Error("that it is to be overwritten was forgotten")
	}
}

// The command that does the same is shown whole on the smallest screen too.
func TestWizardShowsCommand(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	w.Update(tea.WindowSizeMsg{Width: 40, Height: 15})
	frames.Press(w, "n", "alt+2", "ctrl+u", "/opt/shop", "alt+6", "ctrl+u", "20m", "alt+7", "down", "down", "down", "down", "down")
	var seen strings.Builder
	for range 3 {
		seen.WriteString(w.View())
		frames.Press(w, "ctrl+down")
	}
	for _, want := range []string{"> $ the same without questions", "deployctl init --yes \\", "  --set limits.body=20m \\", "  --root /opt/shop"} {
		if !strings.Contains(seen.String(), want) {
			t.Errorf("%q is not shown:\n%s", want, w.View())
		}
	}
	if !frames.Press(w, "down", "enter") {
		t.Error("enter does not write there")
	}
}
