//go:build unix

package launch_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/deployctl/deployctl/launch"
)

// Copying asks the terminal always, and a program where the environment names
// its desktop. It is not parallel: it changes PATH.
func TestCopy(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	for name, script := range map[string]string{"xclip": "cat >" + dir + "/xclip.got", "wl-copy": "exit 1", "tmux": "cat >" + dir + "/tmux.got"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		env  map[string]string
		file string // that holds the text then
	}{
		{map[string]string{"DISPLAY": ":0"}, "xclip.got"},
		{map[string]string{"TMUX": "x", "SSH_TTY": "/dev/pts/1"}, "tmux.got"},
		{map[string]string{"WAYLAND_DISPLAY": "w"}, ""},
		{map[string]string{"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, ""},
		{nil, ""},
	} {
		var terminal bytes.Buffer
		if err := launch.Copy(&terminal, func(name string) string { return tt.env[name] }, "curl 'é'"); err != nil {
			t.Fatal(err)
		}
		if got, want := terminal.String(), "\x1b]52;c;Y3VybCAnw6kn\x07"; got != want {
			t.Errorf("%v: the terminal is told %q, want %q", tt.env, got, want)
		}
		for _, name := range []string{"xclip.got", "tmux.got"} {
			path := filepath.Join(dir, name)
			text, err := os.ReadFile(path)
			if tt.file == name && string(text) != "curl 'é'" || tt.file != name && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%v: %s holds %q", tt.env, name, text)
			}
			os.Remove(path)
		}
	}
}
