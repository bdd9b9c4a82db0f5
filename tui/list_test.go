package tui_test

import (
	"strings"
	"testing"

	"github.com/deployctl/deployctl/internal/frames"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/tui"
)

func TestWizardRoutes(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	frames.Press(w, "n", "alt+5", "a", "ctrl+u", "/old/", "down", "r", "down", "ctrl+u", "https://new.example/?x=1", "enter", "enter", "enter")
	if !strings.Contains(w.View(), "  /old/     302 to https://new.example/?x=1") || !strings.Contains(w.View(), "> these are all") {
		t.Errorf("the new route is not in the list:\n%s", w.View())
	}
	frames.Press(w, "up", "up", "up", "up", "shift+down", "K", "J", "up", "d", "u", "d") // static goes, comes back and goes
	frames.Press(w, "a", "esc")                                                          // nothing is added
	frames.Press(w, "enter", "ctrl+u", "/elsewhere/", "esc")                             // nothing is changed
	frames.Press(w, "alt+7", "enter")
	if got := get(t, w, "routes"); got != "new app" {
		t.Errorf("routes are %q", got)
	}
	if got := get(t, w, "route.new.path"); got != "/old/" {
		t.Errorf("the route's path is %q", got)
	}
}

// A single server is asked about at once; others are added and removed as
// routes are, but never the last one.
func TestWizardServers(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	frames.Press(w, "n", "alt+4", "ctrl+u", "shop.example", "enter", "enter", "enter")
	if !strings.Contains(w.View(), "> these are all") || !strings.Contains(w.View(), "  shop.example  port 80, no TLS") {
		t.Errorf("no list after the first server:\n%s", w.View())
	}
	frames.Press(w, "up", "up", "d")
	if !strings.Contains(w.View(), "! the last server stays") {
		t.Errorf("the last server goes:\n%s", w.View())
	}
	frames.Press(w, "a", "ctrl+u", "shop.example", "enter")
	if !strings.Contains(w.View(), "! shop.example on 80 is answered by [server.main] already") {
		t.Errorf("two servers for one host:\n%s", w.View())
	}
	frames.Press(w, "ctrl+u", "www.example", "enter", "right", "up", "up")
	if !strings.Contains(w.View(), "> www.example   port 443, TLS with your own certificate") {
		t.Errorf("the new server is not in the list:\n%s", w.View())
	}
	frames.Press(w, "d", "u", "alt+5", "up", "up", "enter", "down", "down", "down", "down", "down", "down", "new") // the application's servers
	if !strings.Contains(w.View(), "> On servers") {
		t.Fatalf("a route does not ask for its servers:\n%s", w.View())
	}
	frames.Press(w, "alt+4", "up", "up", "d")
	if !strings.Contains(w.View(), `! no server is called "new"`) {
		t.Errorf("a server goes that a route names:\n%s", w.View())
	}
	frames.Press(w, "enter", "up", "enter", "up", "enter") // out of it and in again
	for range 8 {
		frames.Press(w, "down")
	}
	frames.Press(w, "ctrl+u", "main", "enter")
	if !strings.Contains(w.View(), `! another server is called "main"`) {
		t.Errorf("two servers of one name:\n%s", w.View())
	}
	frames.Press(w, "ctrl+u", "www", "alt+7", "enter")
	for key, want := range map[string]string{"servers": "main www", "server.www.names": "www.example", "server.www.tls": "own", "route.app.server": "www", "server.main.listen": "80"} {
		if got := get(t, w, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

// Undo on a list takes nothing back that was answered elsewhere meanwhile.
func TestWizardUndo(t *testing.T) {
	t.Parallel()
	w := newWizard(t, lang.English, tui.Look{})
	frames.Press(w, "n", "alt+5", "up", "up", "up", "d", "alt+6", "ctrl+u", "20m", "alt+5", "u", "alt+7", "enter")
	if got := get(t, w, "limits.body"); got != "20m" {
		t.Errorf("limits.body is %q after an undo on the routes", got)
	}
}
