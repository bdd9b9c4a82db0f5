package dashboard_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/launch"
)

// fits fails where a frame is larger than the screen, or could move the cursor.
func (s *screen) fits(t *testing.T, width, height int) {
	t.Helper()
	lines := strings.Split(s.View(), "\n")
	if len(lines) > max(1, height) {
		t.Fatalf("%d lines on a screen of %dx%d", len(lines), width, height)
	}
	for _, l := range lines {
		if n := ansi.StringWidth(l); n > width {
			t.Fatalf("%d columns on a screen of %dx%d: %q", n, width, height, l)
		}
		if strings.ContainsFunc(ansi.Strip(l), func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("a control character on the screen: %q", l)
		}
	}
}

// Every state is drawn inside of every size, with colors and without, in both
// languages.
func TestSizes(t *testing.T) {
	t.Parallel()
	chinese, err := lang.Catalog(lang.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*screen{newScreen(nil, false), newScreen(nil, true), newScreen(chinese, true)} {
		s.tour(func(string) {
			for width := 20; width <= 200; width += 18 {
				for height := 6; height <= 60; height += 9 {
					s.resize(width, height)
					s.fits(t, width, height)
				}
			}
			for _, tiny := range [][2]int{{30, 10}, {40, 15}, {80, 24}, {120, 40}, {200, 60}, {1, 1}, {3, 2}, {10, 4}, {0, 0}, {300, 3}} {
				s.resize(tiny[0], tiny[1])
				s.fits(t, tiny[0], tiny[1])
			}
			s.resize(100, 30)
		})
	}
}

// The only colors are the terminal's own, and none without color.
func TestColors(t *testing.T) {
	t.Parallel()
	plain, painted := newScreen(nil, false), newScreen(nil, true)
	var texts, colored []string
	plain.tour(func(string) { texts = append(texts, plain.View()) })
	painted.tour(func(string) { colored = append(colored, painted.View()) })
	any := false
	for i, text := range texts {
		if input := strings.Contains(lastLine(text), "\x1b"); !input && strings.Contains(text, "\x1b") {
			t.Errorf("frame %d has colors without color: %q", i, text)
		}
		if ansi.Strip(text) != ansi.Strip(colored[i]) {
			t.Errorf("frame %d says something else in colors:\n%s\n%s", i, text, colored[i])
		}
		any = any || strings.Contains(colored[i], "\x1b[")
		for _, wrong := range []string{"38;2;", "38;5;", "48;", "\x1b[31", "\x1b[32", ";31m", ";32m"} {
			if strings.Contains(colored[i], wrong) {
				t.Errorf("frame %d has a color that does not fit every background, or red or green: %q", i, wrong)
			}
		}
	}
	if !any {
		t.Error("there are no colors")
	}
}

func lastLine(frame string) string { return frame[strings.LastIndexByte(frame, '\n')+1:] }

// Random keys, clicks and sizes among requests neither panic, nor draw outside,
// nor do anything but what the key means.
func TestRandomKeys(t *testing.T) {
	t.Parallel()
	means := map[string]string{"r": "reload", "w": "restart", "o": "open", "y": "copy", "q": "stop", "ctrl+c": "stop"}
	keys := []string{"enter", "esc", "up", "down", "tab", "shift+tab", "home", "end", "pgup", "pgdown", "ctrl+c", "space", "backspace", "left", "right",
		"r", "w", "o", "y", "q", "?", "/", "s", "p", "c", "z", "1", "2", "3", "4", "j", "k", "g", "G", "h", "l", "a", "x", "5", "!", ">", "中", "é"}
	buttons := []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonRight, tea.MouseButtonWheelUp, tea.MouseButtonWheelDown, tea.MouseButtonMiddle}
	random := rand.New(rand.NewSource(5))
	width, height := 80, 24
	s := newScreen(nil, true)
	pressed := map[string]int{}
	for i := range 5000 {
		if i == 200 {
			s.start()
		}
		before, typing := len(s.called), strings.HasPrefix(ansi.Strip(lastLine(s.View())), "/")
		key := ""
		switch random.Intn(12) {
		case 0:
			width, height = 1+random.Intn(160), 1+random.Intn(50)
			s.resize(width, height)
		case 1:
			s.send(tea.MouseMsg{X: random.Intn(160), Y: random.Intn(50), Button: buttons[random.Intn(len(buttons))], Action: tea.MouseActionPress})
		case 2:
			s.requests(visits()[:random.Intn(10)]...)
			s.lines()
			s.frame()
		case 3:
			s.status.Workers = status().Workers[:random.Intn(5)]
			s.found = findings()[:random.Intn(4)]
		default:
			key = keys[random.Intn(len(keys))]
			if strings.HasPrefix(means[key], "stop") && random.Intn(8) > 0 {
				key = "esc" // or the pair stops soon, and nothing else happens
			}
			s.press(key)
		}
		for _, c := range s.called[before:] {
			if what := means[key]; what == "" || !strings.HasPrefix(c, what) || typing && key != "ctrl+c" {
				t.Fatalf("key %d, %q, typing %t: %s", i, key, typing, c)
			}
			pressed[means[key]]++
		}
		if s.ended {
			t.Fatalf("key %d, %q: the screen goes while the pair runs", i, key)
		}
		s.fits(t, width, height)
		if slices.ContainsFunc(s.called, func(c string) bool { return strings.HasPrefix(c, "stop") }) {
			s = newScreen(nil, true)
			s.resize(width, height)
			s.start()
		}
	}
	for _, what := range means {
		if pressed[what] == 0 {
			t.Errorf("%s never happened: the test tries nothing", what)
		}
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	s := newScreen(nil, false)
	s.press("r", "w")
	s.wants(t, "the pair is being started")
	s.start()
	s.requests(visits()...)
	s.frame()
	s.press("r", "2", "w", "end", "w", "1", "home", "o", "y", "enter", "o", "esc", "2", "home", "o", "y", "4", "y")
	want := []string{
		"reload", "restart deploy/uwsgi.ini 4", "open http://127.0.0.1:8080/",
		`copy curl --connect-to ::127.0.0.1:8080 -H 'User-Agent: Mozilla/5.0' -H 'Cookie: it'\''s=1' http://shop.example:8080/`, "open http://127.0.0.1:8080/", "open http://127.0.0.1:8080/", "copy 4100",
		"copy deploy/nginx.conf:33: nginx passes requests to unix:/run/shop.sock, which no uWSGI file binds [pair-socket-mismatch]",
	}
	if !slices.Equal(s.called, want) {
		t.Errorf("called\n%s\nwant\n%s", strings.Join(s.called, "\n"), strings.Join(want, "\n"))
	}
	s.called = nil
	s.press("q", "r", "q", "ctrl+c")
	if want := []string{"stop false", "stop true", "stop true"}; !slices.Equal(s.called, want) {
		t.Errorf("called %q, want %q", s.called, want)
	}
}

// Keys that are pressed fast arrive together; what is pasted is no key.
func TestKeysTogether(t *testing.T) {
	t.Parallel()
	s := newScreen(nil, false)
	s.start()
	s.requests(visits()...)
	s.frame()
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("/CART q")})
	s.wants(t, "[1 requests 0 of 10 /CART q]")
	s.press("esc")
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("qr"), Paste: true})
	if len(s.called) > 0 {
		t.Errorf("pasted text has called %q", s.called)
	}
}

// What is chosen stays chosen while requests come, and the newest is followed
// until another one is chosen.
func TestFollow(t *testing.T) {
	t.Parallel()
	s := newScreen(nil, false)
	s.resize(80, 24)
	s.start()
	s.requests(access("GET", "/first", 200, 0.001, 1), access("GET", "/second", 200, 0.001, 1))
	s.frame()
	chosen := func() string {
		for line := range strings.SplitSeq(s.View(), "\n") {
			if len(line) > 1 && line[1] == '>' {
				return strings.Fields(line[2:])[2]
			}
		}
		return ""
	}
	if got := chosen(); got != "/second" {
		t.Errorf("%s is chosen, want the newest", got)
	}
	s.press("up")
	for i := range 100 {
		s.requests(access("GET", fmt.Sprintf("/%d", i), 200, 0.001, 1))
	}
	s.frame()
	if got := chosen(); got != "/first" {
		t.Errorf("%s is chosen, want /first", got)
	}
	for range 30 {
		s.requests(make([]launch.Access, 100)...)
		s.frame()
	}
	s.lacks(t, "/first")
	s.press("end")
	s.requests(access("GET", "/newest", 200, 0.001, 1))
	s.frame()
	if got := chosen(); got != "/newest" {
		t.Errorf("%s is chosen, want /newest", got)
	}
}

func TestMouse(t *testing.T) {
	t.Parallel()
	s := newScreen(nil, false)
	s.resize(80, 24)
	s.start()
	s.requests(visits()...)
	s.frame()
	click := func(x, y int) {
		s.send(tea.MouseMsg{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
	}
	click(10, 6)
	s.wants(t, "!>404 GET     /static/shop/missing.png")
	click(10, 6)
	s.wants(t, "[Request]", "GET /static/shop/missing.png")
	s.press("esc")
	tabs := strings.Split(s.View(), "\n")[2]
	click(strings.Index(tabs, "processes"), 2)
	s.wants(t, "[2 processes")
	s.resize(120, 40)
	click(3, 30)
	s.wants(t, "[3 log")
	click(100, 4)
	s.wants(t, "[2 processes", " >deployctl")
}
