package main

import (
	"os"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lang"
)

func isTTY(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// width returns the number of cells in a line of the terminal, or 80 where it
// is not known.
func (s streams) width() int {
	if f, ok := s.out.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

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

// langFlag is the option that speaks and is read with streams.language.
func langFlag() cli.Flag {
	return &cli.StringFlag{Name: "lang", Usage: "language: en or zh (default: the locale's)"}
}

// language returns the language that --lang or the locale asks for, and its
// messages.
func (s streams) language(flag, command string) (string, diag.Catalog, error) {
	name, err := lang.Of(flag, s.env)
	if err != nil {
		return "", nil, &usageError{err.Error(), command}
	}
	catalog, err := lang.Catalog(name)
	return name, catalog, err
}
