// Command generate writes docs/rules, a page for each rule and their list, in
// every language. With -check it writes nothing, and fails when what is there
// differs.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/manual"
)

// folders are where the pages of each language go.
var folders = map[string]string{lang.English: "docs/rules", lang.Chinese: "docs/rules/zh"}

func main() {
	check := flag.Bool("check", false, "write nothing; fail when the files differ")
	root := flag.String("root", "..", "the module's folder")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	want := map[string]string{}
	for language, folder := range folders {
		if err := pages(want, filepath.Join(root, folder), language); err != nil {
			return err
		}
	}
	for _, folder := range folders {
		old, err := filepath.Glob(filepath.Join(root, folder, "*.md"))
		if err != nil {
			return err
		}
		for _, path := range old {
			if _, ok := want[path]; ok {
				continue
			}
			if check {
				return fmt.Errorf("%s belongs to no rule: run `make generate`", path)
			}
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if check {
			if text, err := os.ReadFile(path); err != nil || string(text) != want[path] {
				return fmt.Errorf("%s is stale: run `make generate`", path)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(want[path]), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// pages adds the pages of a language, by their paths.
func pages(to map[string]string, folder, language string) error {
	catalog, err := lang.Catalog(language)
	if err != nil {
		return err
	}
	for _, r := range apirule.All(nil) {
		page, err := lang.Page(r, language)
		if err != nil {
			return err
		}
		to[filepath.Join(folder, r.ID+".md")] = manual.Page(r, page, catalog)
	}
	summary := func(r *lint.Rule) string { return lang.Summary(r, language) }
	to[filepath.Join(folder, "README.md")] = manual.Index(apirule.All(nil), summary, catalog)
	return nil
}
