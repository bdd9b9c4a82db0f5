package api

import "embed"

// Texts holds the catalogs of this package's messages in other languages.
//
//go:embed *.po
var Texts embed.FS
