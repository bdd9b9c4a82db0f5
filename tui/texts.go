package tui

import "embed"

// Texts holds the wizard's words in other languages.
//
//go:embed *.po
var Texts embed.FS
