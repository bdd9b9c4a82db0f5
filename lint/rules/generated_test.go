package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/project"
)

// TestGeneratedPairsAreClean renders every shared description and lints what
// comes out: no finding of any severity.
func TestGeneratedPairsAreClean(t *testing.T) {
	t.Parallel()
	descriptions, err := filepath.Glob("../../testdata/descriptions/*.ini")
	if err != nil || len(descriptions) < 12 {
		t.Fatalf("%d descriptions: %v", len(descriptions), err)
	}
	for _, path := range descriptions {
		for _, site := range []bool{false, true} {
			p, err := project.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			files, err := gen.Render(p, gen.Options{Site: site})
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, f := range files {
				if err := os.WriteFile(filepath.Join(dir, f.Path), f.Content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			loaded, err := pair.Load([]string{dir}, pair.Options{})
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := lint.ReadConfig(path, All())
			if err != nil {
				t.Fatal(err)
			}
			result := lint.Run(loaded, All(), lint.Options{Target: cfg.Target, Config: cfg})
			for _, d := range result.Diagnostics {
				t.Errorf("%s (site %v): %s", filepath.Base(path), site, strings.ReplaceAll(report.Line(d), dir+"/", ""))
			}
		}
	}
}
