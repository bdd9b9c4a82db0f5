package launch

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// clipboardLimit is how long a program may take to take a text.
const clipboardLimit = 2 * time.Second

// Copy puts text into the person's clipboard: it asks the terminal (OSC 52),
// which also works from far away, and a program of the desktop or of tmux where
// the environment names one. Terminals do not tell whether they obey.
func Copy(terminal io.Writer, env func(string) string, text string) error {
	if _, err := io.WriteString(terminal, ansi.SetSystemClipboard(text)); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	for _, words := range clipboards(env) {
		path, err := exec.LookPath(words[0])
		if err != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), clipboardLimit)
		cmd := exec.CommandContext(ctx, path, words[1:]...)
		cmd.Stdin = strings.NewReader(text)
		err = cmd.Run()
		cancel()
		if err == nil {
			return nil
		}
	}
	return nil
}

// clipboards are the programs that reach the clipboard of this desktop.
func clipboards(env func(string) string) [][]string {
	var all [][]string
	if env("TMUX") != "" {
		all = append(all, []string{"tmux", "load-buffer", "-w", "-"})
	}
	switch {
	case env("SSH_TTY") != "": // the desktop is elsewhere
	case runtime.GOOS == "darwin":
		all = append(all, []string{"pbcopy"})
	case runtime.GOOS == "windows":
		all = append(all, []string{"clip.exe"})
	case env("WAYLAND_DISPLAY") != "":
		all = append(all, []string{"wl-copy"})
	case env("DISPLAY") != "":
		all = append(all, []string{"xclip", "-selection", "clipboard"}, []string{"xsel", "--clipboard", "--input"})
	}
	return all
}
