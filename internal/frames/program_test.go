package frames_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/teatest"
	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/tui"
)

// settled is a model that shows its screen once nothing is under way any more.
type settled struct {
	tea.Model
	running int // commands
	asked   []chan<- string
}

// look asks for the screen.
type look chan string

// came is what a command of the model came to.
type came struct{ tea.Msg }

func (s *settled) Init() tea.Cmd { return s.follow(s.Model.Init()) }

func (s *settled) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case look:
		s.asked = append(s.asked, msg)
	case came:
		s.running--
		switch inner := msg.Msg.(type) {
		case nil:
		case tea.QuitMsg:
			return s, tea.Quit
		case tea.BatchMsg:
			var all []tea.Cmd
			for _, c := range inner {
				all = append(all, s.follow(c))
			}
			cmd = tea.Batch(all...)
		default:
			_, next := s.Model.Update(inner)
			cmd = s.follow(next)
		}
	default:
		_, next := s.Model.Update(msg)
		cmd = s.follow(next)
	}
	if s.running == 0 {
		for _, a := range s.asked {
			a <- s.View()
		}
		s.asked = nil
	}
	return s, cmd
}

// follow counts a command until it has come to something.
func (s *settled) follow(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	s.running++
	return func() tea.Msg { return came{cmd()} }
}

// The frames that are kept are what a running program shows, with its previews
// made beside it, and it ends where the frames do.
func TestProgramShowsFrames(t *testing.T) {
	t.Parallel()
	for _, language := range []string{lang.English, lang.Chinese} {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 15}} {
			name := fmt.Sprintf("%s-%dx%d.txt", language, size[0], size[1])
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "shop")
				if err := os.CopyFS(dir, os.DirFS("../../testdata/projects/django")); err != nil {
					t.Fatal(err)
				}
				w, err := frames.NewWizard(dir, language, tui.Look{})
				if err != nil {
					t.Fatal(err)
				}
				program := teatest.NewTestModel(t, &settled{Model: w}, teatest.WithInitialTermSize(size[0], size[1]))
				screen := func() string {
					shown := make(look, 1)
					program.Send(shown)
					select {
					case s := <-shown:
						return s
					case <-time.After(30 * time.Second):
						t.Fatal("the program does not settle")
						return ""
					}
				}
				var got strings.Builder
				for _, f := range frames.All {
					for _, msg := range frames.Messages(f.Keys...) {
						program.Send(msg)
						screen()
					}
					fmt.Fprintf(&got, "== %s\n%s\n", f.Name, screen())
				}
				want, err := os.ReadFile(filepath.Join("..", "..", "tui", "testdata", "frames", name))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got.String()); diff != "" {
					t.Errorf("a running program shows something else:\n%s", diff)
				}
				program.Send(frames.Keys["enter"]) // yes, leave
				program.WaitFinished(t, teatest.WithFinalTimeout(30*time.Second))
				if w.Confirmed() != nil {
					t.Error("confirmed")
				}
			})
		}
	}
}
