package rules

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/format"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
)

// TestFormattedFilesHaveStyle formats every file of the shared test data, and
// some that nobody would write: the style rules find nothing afterwards, and
// find something wherever the formatter changed lines.
func TestFormattedFilesHaveStyle(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"a.conf": "\n\nevents{}  \r\nhttp{ # x \n\tserver{listen 80 ;}server\n{\n\n}\n  # y\n\n\n}",
		"b.ini":  "\n[uwsgi] \r\n  a = 1\n[b]\n\n\n; c \n\n\nd = %  e\nf = 100% \n",
	}
	err := filepath.WalkDir("../../testdata", func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || ext != ".conf" && ext != ".ini" {
			return err
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	})
	if err != nil || len(texts) < 50 {
		t.Fatalf("%d texts: %v", len(texts), err)
	}
	for _, r := range All() { // and those of the rules' pages
		page, err := lint.ParsePage(r.Page)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range page.Examples {
			for j, f := range slices.Concat(e.Bad, e.Good) {
				if ext := filepath.Ext(f.Name); ext == ".conf" || ext == ".ini" {
					texts[fmt.Sprintf("page/%s-%d-%d%s", r.ID, i, j, ext)] = f.Text
				}
			}
		}
	}
	style := lint.Options{Config: lint.Config{Select: []string{"style-"}}}
	for path, text := range texts {
		sources, err := pair.Sources([]string{path}, pair.Options{Overlay: map[string]string{path: text}})
		if errors.Is(err, pair.ErrNothing) {
			continue // a file of another program
		}
		if err != nil {
			t.Fatal(err)
		}
		formatted, err := format.Text(sources[0])
		if err != nil || pair.Packaged(path) {
			continue // left alone
		}
		sources[0].Text = formatted
		if again, err := format.Text(sources[0]); err != nil || again != formatted {
			t.Errorf("%s: formatting twice is another text (%v)", path, err)
		}
		for _, d := range styleOf(t, path, formatted, style) {
			t.Errorf("formatted: %s", report.Line(d))
		}
		if filepath.Dir(path) == "." && len(styleOf(t, path, text, style)) < 6 {
			t.Errorf("%s: too few findings before it was formatted", path)
		}
		fixed, err := lint.Fix(reload([]lint.PageFile{{Name: path, Text: text}}), All(), style, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range fixed.Result.Diagnostics {
			t.Errorf("mended: %s", report.Line(d))
		}
	}
}

func styleOf(t *testing.T, path, text string, style lint.Options) []diag.Diagnostic {
	t.Helper()
	p, err := reload([]lint.PageFile{{Name: path, Text: text}})(nil)
	if err != nil {
		t.Fatal(err)
	}
	return lint.Run(p, All(), style).Diagnostics
}
