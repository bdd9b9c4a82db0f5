package tui

import "github.com/charmbracelet/lipgloss"

// The styles use the terminal's own colors, which fit its background, and none
// that has to be told from another by color alone. NO_COLOR leaves bold.
var (
	titleStyle = lipgloss.NewStyle().Bold(true)
	faintStyle = lipgloss.NewStyle().Faint(true)
	faultStyle = lipgloss.NewStyle().Foreground(lipgloss.Color("3")).Bold(true)
	markStyle  = lipgloss.NewStyle().Foreground(lipgloss.Color("4")).Bold(true)
)
