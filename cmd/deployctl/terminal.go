package main

import (
	"os"

	"golang.org/x/term"
)

func isTTY(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// color decides whether output is colored: --color, NO_COLOR, then whether it
// goes to a terminal.
func (s streams) color(choice string) (bool, error) {
	switch choice {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto", "":
		return s.terminal && s.env("NO_COLOR") == "" && s.env("TERM") != "dumb", nil
	}
	return false, &usageError{message: "--color: write auto, always or never"}
}
