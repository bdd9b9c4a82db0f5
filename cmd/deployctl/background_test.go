//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A terminal that does not say its background lets nobody wait, and one that
// says it late has the colors for it from then on, and nothing typed.
func TestBackground(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"app.py": "from flask import Flask\napp = Flask(__name__)\n", "nginx.conf": "user nobody;\nevents {\n}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args       []string
		sees, ends string
	}{{[]string{"init", dir}, "1 of 7", "\x03\x03"}, {[]string{"lint", "--interactive", dir}, "1 left", "\x03"}} {
		t.Run(c.args[0], func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0]) // TestMain makes it deployctl
			cmd.Args = append([]string{"deployctl"}, c.args...)
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "COLORTERM=truecolor", "HOME=" + t.TempDir()}
			began := time.Now()
			s := newSession(t, cmd)
			s.sees(t, c.sees)
			if waited := time.Since(began); waited > 4*time.Second { // termenv waits for 5
				t.Errorf("the first screen comes after %s", waited)
			}
			s.raw(t, "\x1b]11;?\x1b\\")
			s.raw(t, "38;2;86;179;233m") // the blue of a dark background
			s.press(t, "\x1b]11;rgb:ffff/ff")
			s.press(t, "ff/ffff\x1b\\")
			s.raw(t, "38;2;0;85;138m")
			s.press(t, c.ends)
			<-s.ended
			s.mu.Lock()
			defer s.mu.Unlock()
			if strings.Contains(s.shown.String(), "rgb:") {
				t.Errorf("the answer was typed:\n%q", s.shown.String())
			}
		})
	}
}
