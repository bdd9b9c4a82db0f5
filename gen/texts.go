package gen

import "embed"

// Texts holds the package's words in other languages.
//
//go:embed *.po
var Texts embed.FS
