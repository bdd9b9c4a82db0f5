package lang

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/lint"
)

// TestPages checks the Chinese page of every rule: what stands between
// backquotes, log lines and names, is that of the English page.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, r := range apirule.All(nil) {
		english, err := Page(r, English)
		if err != nil {
			t.Fatal(err)
		}
		page, err := Page(r, Chinese)
		if err != nil {
			t.Fatal(err)
		}
		if page.Summary == r.Summary {
			t.Errorf("%s has no Chinese page %s.%s.md", r.ID, r.ID, Chinese)
			continue
		}
		if page.Title != r.ID {
			t.Errorf("the Chinese page of %s is headed %q", r.ID, page.Title)
		}
		if page.Intro == "" || strings.ContainsAny(page.Summary, "\n。") || strings.Contains(page.Intro, "\n## ") {
			t.Errorf("the Chinese page of %s needs a summary of one line, its text, and no examples: %q, %q", r.ID, page.Summary, page.Intro)
		}
		if diff := cmp.Diff(code(english), code(page)); diff != "" {
			t.Errorf("code in the text of %s (-English +Chinese):\n%s", r.ID, diff)
		}
	}
}

var (
	span  = regexp.MustCompile("`[^`]+`")
	white = regexp.MustCompile(`\s+`)
)

// code returns what stands between backquotes in a page's text, each once.
func code(page *lint.Page) []string {
	found := span.FindAllString(page.Intro, -1)
	for i := range found {
		found[i] = white.ReplaceAllString(found[i], " ")
	}
	slices.Sort(found)
	return slices.Compact(found)
}
