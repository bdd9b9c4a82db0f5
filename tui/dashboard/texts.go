package dashboard

import "embed"

// Texts holds the dashboard's words in other languages.
//
//go:embed *.po
var Texts embed.FS
