package cisrule

import "embed"

//go:embed *.md
var pages embed.FS

// page returns a rule's manual page, which stands beside its Go file.
func page(id string) string {
	text, err := pages.ReadFile(id + ".md")
	if err != nil {
		return "" // the registry's test names a rule without a page
	}
	return string(text)
}
