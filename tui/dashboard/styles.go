package dashboard

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// styles are the terminal's own colors, which fit its background. What they say
// also stands in words or marks, so that nothing is lost without them. Magenta,
// yellow and cyan are told apart by people who do not tell red from green.
type styles struct{ title, faint, mark, bad, odd, chosen lipgloss.Style }

func newStyles(color bool) styles {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	if color {
		r.SetColorProfile(termenv.ANSI)
	}
	return styles{
		title:  r.NewStyle().Bold(true),
		faint:  r.NewStyle().Faint(true),
		mark:   r.NewStyle().Foreground(lipgloss.Color("6")).Bold(true),
		bad:    r.NewStyle().Foreground(lipgloss.Color("5")).Bold(true),
		odd:    r.NewStyle().Foreground(lipgloss.Color("3")),
		chosen: r.NewStyle().Reverse(true),
	}
}

// The marks of what went wrong, and of what may have.
const (
	badMark = "✗"
	oddMark = "!"
)
