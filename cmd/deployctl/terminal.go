package main

import (
	"os"
	"runtime"
	"strings"

	"github.com/muesli/termenv"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/tui"
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

// lineByLine tells whether questions come line by line: where the flag or
// ACCESSIBLE asks for it, or the terminal can do no more.
func (s streams) lineByLine(flag bool) bool {
	accessible, term := s.env("ACCESSIBLE"), s.env("TERM")
	return flag || accessible != "" && accessible != "0" && accessible != "false" || term == "" || term == "dumb"
}

// look says what the terminal can show. NO_COLOR leaves bold and reverse.
// Whether the background is dark is asked of the terminal while the screen is
// there already, unless COLORFGBG says it (as "15;0": the last number is the
// background's). Windows hands the answer over in a way of its own, and GNU
// screen's terminals may be several.
func (s streams) look() tui.Look {
	f, ok := s.out.(*os.File)
	if !ok {
		return tui.Look{}
	}
	l := tui.Look{Attributes: true, Color: s.env("NO_COLOR") == "", Profile: termenv.NewOutput(f).EnvColorProfile(), Dark: true}
	if !l.Color {
		return l
	}
	if colors := s.env("COLORFGBG"); colors != "" {
		background := colors[strings.LastIndexByte(colors, ';')+1:]
		l.Dark = background != "7" && background != "15"
		return l
	}
	l.Ask = runtime.GOOS != "windows" && !strings.HasPrefix(s.env("TERM"), "screen")
	return l
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
