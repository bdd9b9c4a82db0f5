package tui_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
	"github.com/deployctl/deployctl/tui"
)

// fits fails where a frame is larger than the screen.
func fits(t *testing.T, m tea.Model, width, height int, what string) {
	t.Helper()
	lines := strings.Split(m.View(), "\n")
	if len(lines) > max(1, height) {
		t.Fatalf("%s: %d lines on a screen of %d", what, len(lines), height)
	}
	for _, l := range lines {
		if n := ansi.StringWidth(l); n > width {
			t.Fatalf("%s: %d columns on a screen of %d: %q", what, n, width, l)
		}
	}
}

// get returns an answer once the wizard is confirmed.
func get(t *testing.T, w *tui.Wizard, key string) string {
	t.Helper()
	outcome := w.Confirmed()
	if outcome == nil {
		t.Fatalf("not confirmed:\n%s", w.View())
	}
	value, _ := outcome.Project.Get(key)
	return value
}

func TestWizardAnswers(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	frames.Press(w, "n", "ctrl+u", "web", "enter", "down", "ctrl+u", "not a module")
	if !strings.Contains(w.View(), `! module: "not a module" is not package.module:callable`) {
		t.Errorf("a wrong module is not said while it is typed:\n%s", w.View())
	}
	frames.Press(w, "enter")
	if !strings.Contains(w.View(), "> WSGI callable") {
		t.Errorf("a wrong answer was taken:\n%s", w.View())
	}
	frames.Press(w, "ctrl+u", "web.wsgi:app", "enter", "up", "up", "up")
	if !regexp.MustCompile(`> Name +web`).MatchString(w.View()) {
		t.Errorf("going back does not show the answer:\n%s", w.View())
	}
	for range 60 {
		if frames.Press(w, "enter") {
			break
		}
	}
	for key, want := range map[string]string{"project.name": "web", "project.module": "web.wsgi:app", "project.root": "/srv/web", "app.endpoint": "unix:/run/web/uwsgi.sock", "app.processes": "8", "routes": "static app"} {
		if got := get(t, w, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

// Where no application was found the wizard begins with the question for it,
// and does not end without an answer.
func TestWizardFindsNothing(t *testing.T) {
	t.Parallel()
	folder := setup.Folder{Dir: t.TempDir()}
	start, err := folder.Start(true)
	if err != nil {
		t.Fatal(err)
	}
	w := tui.NewWizard(tui.Config{Project: start.Project, Preview: func(p *project.Project) tui.Preview { return frames.Preview(folder, p) }})
	frames.Handle(w, w.Init())
	if !strings.Contains(w.View(), "> WSGI callable") {
		t.Errorf("it does not begin with the callable:\n%s", w.View())
	}
	if frames.Press(w, "alt+7", "enter") || !strings.Contains(w.View(), "[project] has no module") {
		t.Errorf("it ends without a callable:\n%s", w.View())
	}
	if !frames.Press(w, "alt+1", "down", "down", "web:app", "alt+7", "enter") || get(t, w, "project.module") != "web:app" {
		t.Errorf("it does not end with a callable:\n%s", w.View())
	}
}

// All that was found stands somewhere with its evidence, and what is no question
// below the questions.
func TestWizardShowsEvidence(t *testing.T) {
	t.Parallel()
	folder := setup.Folder{Dir: t.TempDir()}
	if err := os.CopyFS(folder.Dir, os.DirFS("../testdata/projects/django")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{".python-version": "3.11\n", "nginx.conf": "events {}\nhttp {\n    server {\n        listen 80;\n        location / {\n            uwsgi_pass 127.0.0.1:3031;\n        }\n    }\n}\n", "api/openapi.yaml": "openapi: 3.0.3\ninfo:\n  title: shop\n  version: \"1\"\npaths: {}\n"} {
		path := filepath.Join(folder.Dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	start, err := folder.Start(false)
	if err != nil {
		t.Fatal(err)
	}
	w := tui.NewWizard(tui.Config{Project: start.Project, Evidence: start.Evidence, Preview: func(p *project.Project) tui.Preview { return frames.Preview(folder, p) }})
	w.Update(tea.WindowSizeMsg{Width: 99, Height: 60})
	frames.Handle(w, w.Init())
	var seen strings.Builder
	for step := range 6 {
		frames.Press(w, fmt.Sprintf("alt+%d", step+1))
		for range 14 {
			seen.WriteString(w.View())
			if !strings.Contains(w.View(), fmt.Sprintf("%d of 7", step+1)) {
				break
			}
			if step == 4 { // into each route
				frames.Press(w, "up", "enter")
				seen.WriteString(w.View())
				frames.Press(w, "esc")
			} else {
				frames.Press(w, "down")
			}
		}
	}
	for _, e := range start.Evidence {
		if why := e.Why.String(); !strings.Contains(seen.String(), why) {
			t.Errorf("%s: %q is shown nowhere", e.Field, why)
		}
	}
}

// What is found is edited where it was found, and routes come and go with it.
func TestWizardFolders(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	frames.Press(w, "n", "down", "down", "down", "down", "down", "down", "down", "ctrl+u", "assets", "down", "media", "down", "front/dist", "alt+7", "enter")
	for key, want := range map[string]string{"routes": "front media static app", "route.static.dir": "assets", "route.media.media": "true", "route.front.path": "/", "route.app.path": "/api/"} {
		if got := get(t, w, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	w = newWizard(t, lang.English, tui.Look{})
	frames.Press(w, "n", "down", "down", "down", "down", "down", "down", "down", "ctrl+u", "down", "down", "dist", "up", "down", "ctrl+u", "alt+7", "enter")
	if got := get(t, w, "routes") + get(t, w, "route.app.path"); got != "app/" {
		t.Errorf("without static files and front end: %s", got)
	}
}

func TestWizardLeavesOnceAsked(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"esc", "ctrl+c"} {
		for _, place := range []string{"alt+1", "alt+5", "alt+7", "ctrl+p", "?"} {
			w := newWizard(t, lang.English, tui.Look{})
			frames.Press(w, "n", place)
			if key == "esc" && (place == "ctrl+p" || place == "?") {
				frames.Press(w, "esc") // back from what covers the questions
			}
			if frames.Press(w, key) || !strings.Contains(w.View(), "Leave? Nothing is written") {
				t.Errorf("%s after %s does not ask:\n%s", key, place, w.View())
			}
			if frames.Press(w, "n") || strings.Contains(w.View(), "Leave?") {
				t.Errorf("%s, n after %s leaves", key, place)
			}
			frames.Press(w, key)
			if !frames.Press(w, "y") || w.Confirmed() != nil {
				t.Errorf("%s, y after %s does not leave with nothing confirmed", key, place)
			}
		}
	}
}

func TestWizardGoesOn(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	frames.Press(w, "enter")
	if !strings.Contains(w.View(), "3 of 7: Application server") {
		t.Errorf("it does not go on where it stopped:\n%s", w.View())
	}
}

// An answer is kept as soon as it is taken, and the place with it.
func TestWizardKeeps(t *testing.T) {
	t.Parallel()
	p, err := project.Parse("deployctl.ini", "[project]\nname = shop\nroot = /srv/shop\nmodule = shop.wsgi:application\n")
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	w := tui.NewWizard(tui.Config{Project: p, Preview: func(*project.Project) tui.Preview { return tui.Preview{} }, Keep: func(number int, p *project.Project, place string) {
		kept = append(kept, fmt.Sprint(number, " ", p.Name, " ", place))
	}})
	frames.Press(w, "enter", "up", "ctrl+u", "web", "down", "down", "ctrl+u", "!", "up")
	if got := strings.Join(kept, ", "); got != "1 web 0.0" {
		t.Errorf("kept: %s", got)
	}
	if p.Name != "shop" {
		t.Error("the description that was given was changed")
	}
}

// What the linter says of an answer stands below it while it is written, on
// narrow terminals too, and hinders nobody.
func TestWizardSaysFindings(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{80, 24}, {120, 40}, {40, 15}} {
		w := newWizard(t, lang.English, tui.Look{})
		w.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		frames.Press(w, "n", "alt+2", "down", "ctrl+u", "root")
		if !strings.Contains(w.View(), "! warning: uid = root:") {
			t.Errorf("%v: the linter's words are not below the answer:\n%s", size, w.View())
		}
		frames.Press(w, "enter")
		if strings.Contains(w.View(), "! warning: uid") || !strings.Contains(w.View(), "> Group") {
			t.Errorf("%v: it hinders, or stays with another question:\n%s", size, w.View())
		}
	}
}

// The preview shows what the last answer changed, and the linter's result.
func TestWizardMarksChanges(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	w.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	frames.Press(w, "n", "alt+6", "ctrl+u", "20m")
	if !strings.Contains(w.View(), "[uwsgi.ini*]") || !strings.Contains(w.View(), "+ limit-post = 20971520") {
		t.Errorf("no mark in uwsgi.ini:\n%s", w.View())
	}
	frames.Press(w, "tab")
	for _, want := range []string{"[nginx.conf*]", "+     client_max_body_size 20m;", "✓ lint: no findings in 5 files"} {
		if !strings.Contains(w.View(), want) {
			t.Errorf("%q is missing:\n%s", want, w.View())
		}
	}
	w.Update(tea.WindowSizeMsg{Width: 80, Height: 15})
	frames.Press(w, "ctrl+p", "tab", "tab", "tab", "tab", "tab")
	if !strings.Contains(w.View(), "+     client_max_body_size 20m;") {
		t.Errorf("another file does not come to what changed in it:\n%s", w.View())
	}
	w.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	frames.Press(w, "ctrl+p", "down", "ctrl+u", "100s")
	if strings.Contains(w.View(), "+     client_max_body_size") || !strings.Contains(w.View(), "+     uwsgi_read_timeout 100s;") {
		t.Errorf("the mark stays where an earlier answer left it:\n%s", w.View())
	}
}

// Without color nothing is told apart by color, and everything is still there.
func TestWizardLooks(t *testing.T) {
	t.Parallel()
	color := regexp.MustCompile(`\x1b\[[0-9;]*(3[0-9]|4[0-9]|9[0-7])[;m]`)
	for name, c := range map[string]struct {
		look   tui.Look
		escape bool
		color  string // of a keyword
	}{
		"plain":    {tui.Look{}, false, ""},
		"NO_COLOR": {tui.Look{Attributes: true}, true, ""},
		"dark":     {tui.Look{Attributes: true, Color: true, Profile: termenv.TrueColor, Dark: true}, true, "38;2;86;179;233m"},
		"light":    {tui.Look{Attributes: true, Color: true, Profile: termenv.TrueColor}, true, "38;2;0;85;138m"},
	} {
		w := newWizard(t, lang.English, c.look)
		plain := newWizard(t, lang.English, tui.Look{})
		for _, m := range []*tui.Wizard{w, plain} {
			m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
			frames.Press(m, "n")
		}
		for _, f := range frames.All[2:] {
			frames.Press(w, f.Keys...)
			frames.Press(plain, f.Keys...)
			view := w.View()
			if ansi.Strip(view) != plain.View() {
				t.Errorf("%s: %s: the text is another one", name, f.Name)
			}
			if strings.Contains(view, "\x1b") != c.escape || color.MatchString(view) != (c.color != "") || !strings.Contains(view, c.color) && f.Name != "all keys" {
				t.Errorf("%s: %s: the colors are not those of the look:\n%q", name, f.Name, view)
			}
		}
	}
}

// No step draws outside, at any size, in any language, nor after a resize.
func TestWizardResizes(t *testing.T) {
	t.Parallel()
	for _, language := range []string{lang.English, lang.Chinese} {
		w := newWizard(t, language, tui.Look{Attributes: true, Color: true, Profile: termenv.TrueColor})
		for _, f := range frames.All {
			frames.Press(w, f.Keys...)
			before := w.View()
			for _, width := range []int{20, 23, 30, 40, 43, 44, 45, 79, 80, 99, 100, 101, 200} {
				for _, height := range []int{6, 7, 10, 15, 17, 18, 24, 60} {
					w.Update(tea.WindowSizeMsg{Width: width, Height: height})
					fits(t, w, width, height, fmt.Sprintf("%s, %s, %dx%d", language, f.Name, width, height))
				}
			}
			w.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
			if w.View() != before {
				t.Errorf("%s, %s: another screen after it was resized and back", language, f.Name)
			}
		}
	}
}
