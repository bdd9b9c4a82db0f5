package tui_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/tui"
)

var update = flag.Bool("update", false, "write the frames of testdata/frames")

// Every step looks as its frame does, in both languages and three sizes.
func TestFrames(t *testing.T) {
	t.Parallel()
	const enters = 14 // from the first question to the review
	for _, language := range []string{lang.English, lang.Chinese} {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 15}} {
			name := fmt.Sprintf("%s-%dx%d.txt", language, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p, err := project.Parse("deployctl.ini", "[project]\nname = shop\nroot = /srv/shop\nmodule = shop.wsgi:application\n")
				if err != nil {
					t.Fatal(err)
				}
				catalog, err := lang.Catalog(language)
				if err != nil {
					t.Fatal(err)
				}
				w := tui.NewWizard(tui.Config{Project: p, Catalog: catalog, Valid: func(*project.Project) error { return nil }, Preview: rendered})
				w.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				w.Update(w.Init()())
				var got, last string
				for range enters {
					if frame := w.View(); frame != last {
						got, last = got+frame+"\n==========\n", frame
					}
					if _, cmd := w.Update(tea.KeyMsg{Type: tea.KeyEnter}); cmd != nil && w.Confirmed() == nil {
						w.Update(cmd())
					}
				}
				path := filepath.Join("testdata", "frames", name)
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
			})
		}
	}
}

func rendered(p *project.Project) tui.Preview {
	files, err := gen.Render(p, gen.Options{})
	result := tui.Preview{Err: err}
	for _, f := range files {
		result.Files = append(result.Files, tui.PreviewFile{Name: f.Path, Action: gen.Create.String(), Text: string(f.Content)})
	}
	return result
}
