package apirule

import "embed"

// Texts holds the rules' manual pages, and the catalogs of other languages.
//
//go:embed *.md *.po
var Texts embed.FS

// page returns a rule's manual page, which stands beside its Go file.
func page(id string) string {
	text, err := Texts.ReadFile(id + ".md")
	if err != nil {
		return "" // the registry's test names a rule without a page
	}
	return string(text)
}
