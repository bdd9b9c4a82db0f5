// Package pager owns showing a long text a screen at a time, as git does.
package pager

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Show writes a text to a terminal through the program that PAGER names, or
// less where that is empty. PAGER=cat shows it at once, and so does a pager
// that cannot be started. env reads the environment.
func Show(text string, out, errOut io.Writer, env func(string) string) error {
	words := strings.Fields(env("PAGER"))
	if len(words) == 0 {
		words = []string{"less"}
	}
	if words[0] != "cat" {
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), out, errOut
		cmd.Env = os.Environ()
		// What fits on the screen is shown at once and stays; colors are colors.
		for _, v := range []string{"LESS=FRX", "LV=-c", "LESSCHARSET=utf-8"} {
			if name, _, _ := strings.Cut(v, "="); env(name) == "" {
				cmd.Env = append(cmd.Env, v)
			}
		}
		if err := cmd.Start(); err == nil {
			// Somebody who leaves the pager early has seen enough.
			err = cmd.Wait()
			var exit *exec.ExitError
			if errors.As(err, &exit) || errors.Is(err, syscall.EPIPE) {
				return nil
			}
			return err
		}
	}
	_, err := io.WriteString(out, text)
	return err
}
