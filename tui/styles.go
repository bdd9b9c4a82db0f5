package tui

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Look says what a terminal can show. The zero Look shows plain text.
type Look struct {
	Attributes bool            // bold, faint and reverse, which NO_COLOR leaves
	Color      bool            // colors, of which the terminal has those of Profile
	Profile    termenv.Profile // of use with Color
	Dark       bool            // the background is dark
	Ask        bool            // Dark is a guess, and the terminal may be asked
}

// styles are how the parts of a screen look. Nothing is told from another by
// its color alone: a mark or a word says the same.
type styles struct {
	title, faint, fault, mark, chosen, cursor   lipgloss.Style
	added, removed, changed                     lipgloss.Style // of a difference
	keyword, value, variable, section           lipgloss.Style // of the two languages
	errorWord, warningWord, infoWord, plainWord lipgloss.Style // of findings
}

// The colors are Okabe and Ito's, which the color-blind tell apart, darkened
// for a light background (jfly.uni-koeln.de/color).
var (
	blue   = lipgloss.AdaptiveColor{Light: "#00558A", Dark: "#56B4E9"}
	orange = lipgloss.AdaptiveColor{Light: "#8A5200", Dark: "#E69F00"}
	red    = lipgloss.AdaptiveColor{Light: "#A33F00", Dark: "#F0824A"}
	green  = lipgloss.AdaptiveColor{Light: "#00664B", Dark: "#2FC79A"}
	purple = lipgloss.AdaptiveColor{Light: "#8A3F6B", Dark: "#DDA0C4"}
)

func newStyles(look Look) styles {
	profile := termenv.Ascii
	switch {
	case look.Color:
		profile = look.Profile
	case look.Attributes:
		profile = termenv.ANSI
	}
	r := lipgloss.NewRenderer(io.Discard, termenv.WithProfile(profile))
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(look.Dark)
	plain := r.NewStyle()
	colored := func(c lipgloss.AdaptiveColor) lipgloss.Style {
		if !look.Color {
			return plain
		}
		return plain.Foreground(c)
	}
	return styles{
		title: plain.Bold(true), faint: plain.Faint(true), fault: colored(orange).Bold(true), mark: colored(blue).Bold(true),
		chosen: colored(blue).Bold(true).Reverse(true), cursor: plain.Reverse(true),
		added: colored(blue), removed: colored(orange), changed: colored(orange).Bold(true),
		keyword: colored(blue), value: colored(green), variable: colored(purple), section: colored(purple).Bold(true),
		errorWord: colored(red).Bold(true), warningWord: colored(orange).Bold(true), infoWord: colored(blue), plainWord: plain,
	}
}
