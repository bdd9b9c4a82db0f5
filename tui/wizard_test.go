package tui

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/project"
)

func newWizard(t *testing.T) *Wizard {
	t.Helper()
	w := NewWizard(Config{Project: shop(t), Valid: valid, Preview: func(p *project.Project) Preview {
		text, err := p.Marshal("")
		return Preview{Files: []PreviewFile{{"uwsgi.ini", "create", text}, {"nginx.conf", "update", "#\t中文" + strings.Repeat("宽", 200)}}, Err: err}
	}})
	send(w, nil)
	return w
}

// send hands a message over and runs what comes of it; it tells of the end.
func send(w *Wizard, msg tea.Msg) (ended bool) {
	cmd := w.Init
	if msg != nil {
		_, c := w.Update(msg)
		cmd = func() tea.Cmd { return c }
	}
	if c := cmd(); c != nil {
		switch m := c().(type) {
		case tea.QuitMsg:
			return true
		case previewed:
			w.Update(m)
		}
	}
	return false
}

func press(w *Wizard, keys ...tea.KeyType) (ended bool) {
	for _, k := range keys {
		ended = send(w, tea.KeyMsg{Type: k})
	}
	return ended
}

func write(w *Wizard, s string) {
	press(w, tea.KeyCtrlU)
	for _, r := range s {
		send(w, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
}

// fits fails where a frame is larger than the screen.
func fits(t *testing.T, w *Wizard) {
	t.Helper()
	lines := strings.Split(w.View(), "\n")
	if len(lines) > max(1, w.height) {
		t.Fatalf("step %d: %d lines on a screen of %d", w.step, len(lines), w.height)
	}
	for _, l := range lines {
		if n := ansi.StringWidth(l); n > w.width {
			t.Fatalf("step %d: %d columns on a screen of %d: %q", w.step, n, w.width, l)
		}
	}
}

func TestWizardAnswers(t *testing.T) {
	t.Parallel()
	w := newWizard(t)
	write(w, "web")
	press(w, tea.KeyEnter)
	write(w, "not a module")
	if w.fault == nil || !strings.Contains(w.View(), "! ") {
		t.Errorf("a wrong module is not said while it is typed:\n%s", w.View())
	}
	press(w, tea.KeyEnter)
	if w.step != 0 || w.field != 1 {
		t.Errorf("a wrong answer was taken")
	}
	write(w, "web.wsgi:app")
	press(w, tea.KeyEnter, tea.KeyUp, tea.KeyUp)
	if got := w.input.Value(); got != "web" {
		t.Errorf("going back shows %q", got)
	}
	for !w.review() {
		fits(t, w)
		press(w, tea.KeyEnter)
	}
	if w.Confirmed() != nil {
		t.Error("confirmed before the review was")
	}
	if !press(w, tea.KeyEnter) {
		t.Fatal("Enter on the review does not end the wizard")
	}
	p := w.Confirmed()
	if p == nil || p.Name != "web" || p.Module != "web.wsgi:app" || p.Root != "/srv/web" || p.App.Endpoint != "unix:/run/web/uwsgi.sock" {
		t.Errorf("answers: %+v", p)
	}
	if w.cfg.Project.Name != "shop" {
		t.Error("the project that was given was changed")
	}
}

func TestWizardLeavesOnceAsked(t *testing.T) {
	t.Parallel()
	for _, k := range []tea.KeyType{tea.KeyEsc, tea.KeyCtrlC} {
		w := newWizard(t)
		if press(w, k) || !strings.Contains(w.View(), "Leave and write nothing?") {
			t.Errorf("%v does not ask", k)
		}
		if send(w, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("n")}) || w.leaving {
			t.Errorf("%v, n leaves", k)
		}
		press(w, k)
		if !send(w, tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("y")}) || w.Confirmed() != nil {
			t.Errorf("%v, y does not leave with nothing confirmed", k)
		}
	}
}

// Random keys and sizes neither panic, nor draw outside, nor confirm anywhere
// but on the review.
func TestWizardRandomKeys(t *testing.T) {
	t.Parallel()
	keys := []tea.KeyType{tea.KeyEnter, tea.KeyUp, tea.KeyDown, tea.KeyTab, tea.KeyShiftTab, tea.KeyEsc, tea.KeyCtrlC, tea.KeyCtrlP,
		tea.KeyPgUp, tea.KeyPgDown, tea.KeyBackspace, tea.KeyCtrlU, tea.KeyLeft, tea.KeyRight, tea.KeyHome, tea.KeyDelete}
	sizes := [][2]int{{80, 24}, {120, 40}, {40, 15}, {100, 10}, {5, 3}, {1, 1}, {0, 0}}
	random := rand.New(rand.NewSource(5))
	w := newWizard(t)
	for i := range 5000 {
		before := w.review()
		var msg tea.Msg = tea.KeyMsg{Type: keys[random.Intn(len(keys))]}
		switch random.Intn(8) {
		case 0:
			size := sizes[random.Intn(len(sizes))]
			msg = tea.WindowSizeMsg{Width: size[0], Height: size[1]}
		case 1, 2:
			msg = tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{[]rune("a0 中:/%\x1b.é")[random.Intn(10)]}}
		}
		ended := send(w, msg)
		if w.Confirmed() != nil && !before {
			t.Fatalf("key %d, %s: confirmed before the review", i, fmt.Sprint(msg))
		}
		fits(t, w)
		if ended {
			w = newWizard(t)
		}
	}
}
