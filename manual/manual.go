// Package manual owns the manual of the rules: a rule's page with its examples
// and links, and the list of all rules, in Markdown and any language.
package manual

//go:generate go run ./generate

import (
	"embed"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// Texts holds the catalogs of this package's messages in other languages.
//
//go:embed *.po
var Texts embed.FS

// Page returns the manual page of a rule. page holds the rule's text in the
// catalog's language.
func Page(r *lint.Rule, page *lint.Page, c diag.Catalog) string {
	var b strings.Builder
	say := func(t diag.Text) string { return t.In(c).String() }
	fmt.Fprintf(&b, "# %s\n\n%s\n\n%s\n\n%s\n", r.ID, page.Summary, say(kind(r)), page.Intro)
	for _, e := range page.Examples {
		files(&b, say(diag.T("Bad")), e.Bad)
		if e.Output != "" {
			fmt.Fprintf(&b, "\n## %s\n\n```text\n%s```\n", say(diag.T("Output")), e.Output)
		}
		files(&b, say(diag.T("Fixed")), e.Fixed)
		files(&b, say(diag.T("Good")), e.Good)
	}
	if found := links(r.ID, page.Intro); len(found) > 0 {
		fmt.Fprintf(&b, "\n## %s\n\n", say(diag.T("Links")))
		for _, l := range found {
			fmt.Fprintf(&b, "- [%s](%s)\n", l.name, l.address)
		}
	}
	return b.String()
}

// kind says how a rule ranks, whether it mends, and whether it runs by default.
func kind(r *lint.Rule) diag.Text {
	t := diag.T("Severity: %s.", r.Severity.Text())
	if r.Fixable {
		t = diag.T("%s `--fix` mends it.", t)
	}
	if r.Off {
		t = diag.T("%s Off unless it is selected: `--select %s`.", t, r.ID)
	}
	return t
}

// languages are the names of languages in code blocks, by a file's suffix.
var languages = map[string]string{".conf": "nginx", ".ini": "ini", ".service": "ini", ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".xml": "xml"}

// files writes the files of an example below a heading.
func files(b *strings.Builder, heading string, fs []lint.PageFile) {
	if len(fs) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n", heading)
	for _, f := range fs {
		language := languages[filepath.Ext(f.Name)]
		if language == "" {
			language = "text"
		}
		fence := "```"
		for strings.Contains(f.Text, fence) {
			fence += "`"
		}
		fmt.Fprintf(b, "\n`%s`:\n\n%s%s\n%s%s\n", f.Name, fence, language, f.Text, fence)
	}
}
