// Package site_test builds the site of docs/.
package site_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/internal/realtest"
)

var reference = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// TestSite sees that every page of docs/ is on the site, and that every link
// and picture leads somewhere.
func TestSite(t *testing.T) {
	t.Parallel()
	hugo := realtest.Need(t, "hugo")
	public := t.TempDir()
	cmd := exec.Command(hugo, "--source", ".", "--destination", public, "--cacheDir", t.TempDir(), "--panicOnWarning")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	docs, err := filepath.Glob("../docs/*.md")
	if err != nil || len(docs) < 10 {
		t.Fatalf("docs/ has %d pages, %v", len(docs), err)
	}
	for _, doc := range docs {
		name := strings.TrimSuffix(filepath.Base(doc), ".md")
		if _, err := os.Stat(filepath.Join(public, name, "index.html")); err != nil {
			t.Error(err)
		}
	}
	pages := 0
	err = filepath.WalkDir(public, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".html" {
			return err
		}
		pages++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range reference.FindAllStringSubmatch(string(text), -1) {
			link, _, _ := strings.Cut(m[1], "#")
			if strings.Contains(link, "://") || link == "" && m[1] != "" {
				continue
			}
			target := filepath.Join(filepath.Dir(path), link)
			if strings.HasSuffix(link, "/") {
				target = filepath.Join(target, "index.html")
			}
			if info, err := os.Stat(target); err != nil || info.IsDir() {
				t.Errorf("%s: %q leads nowhere", strings.TrimPrefix(path, public), m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages < 300 {
		t.Errorf("the site has only %d pages", pages)
	}
}
