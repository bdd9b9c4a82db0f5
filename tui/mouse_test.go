package tui_test

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/tui"
)

// A click goes to a question, a step, a file and a choice; the wheel scrolls.
func TestWizardMouse(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	w.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	frames.Press(w, "n")
	for _, c := range []struct{ at, want string }{
		{"WSGI callable", "> WSGI callable"}, {"4 Servers", "4 of 7: Servers and TLS"}, {"  TLS", "> TLS"}, {" your own ", "Certificate"}, {" uwsgi.ini", "[uwsgi.ini"},
		{"5 Routes", "5 of 7: Routes"}, {"/static/", "> /static/"}, {"> /static/", "Route /static/"}, {"7 Review", "Enter writes"},
	} {
		click(t, w, c.at)
		if !strings.Contains(w.View(), c.want) {
			t.Errorf("a click on %q shows no %q:\n%s", c.at, c.want, w.View())
		}
	}
	frames.Send(w, tea.MouseMsg{X: 80, Y: 10, Action: tea.MouseActionPress, Button: tea.MouseButtonWheelDown})
	if strings.Contains(w.View(), "@@ -0,0") {
		t.Errorf("the wheel does not scroll:\n%s", w.View())
	}
	if !click(t, w, "Enter writes") || get(t, w, "server.main.tls") != "own" {
		t.Error("a click on the last line does not confirm, or the choice was lost")
	}
}

// While it is asked whether to leave or to go on, a click answers nothing else.
func TestWizardMouseIsAsked(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	click(t, w, "7 Review")
	if !strings.Contains(w.View(), "Go on where you stopped?") {
		t.Errorf("a click passes by the question of whether to go on:\n%s", w.View())
	}
	click(t, w, "n begins anew")
	frames.Press(w, "alt+7", "esc")
	if click(t, w, "Enter writes") || w.Confirmed() != nil {
		t.Errorf("a click writes while it is asked whether to leave")
	}
}

// click clicks on the first place that shows a text.
func click(t *testing.T, m tea.Model, text string) (ended bool) {
	t.Helper()
	for y, l := range strings.Split(ansi.Strip(m.View()), "\n") {
		if before, _, ok := strings.Cut(l, text); ok {
			return frames.Send(m, tea.MouseMsg{X: ansi.StringWidth(before) + 1, Y: y, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
		}
	}
	t.Fatalf("%q is not on the screen:\n%s", text, m.View())
	return false
}
