package rules

import (
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
	for _, path := range descriptions(t, "../../testdata/descriptions/*.ini", 12) {
		for _, site := range []bool{false, true} {
			lintRendered(t, path, gen.Options{Site: site})
		}
	}
	for _, path := range append(descriptions(t, "../../testdata/targets/*.ini", 3), descriptions(t, "../../testdata/descriptions/*.ini", 12)...) {
		for _, target := range gen.Targets() {
			lintRendered(t, path, gen.Options{Target: target})
		}
	}
}

func descriptions(t *testing.T, pattern string, atLeast int) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) < atLeast {
		t.Fatalf("%d descriptions: %v", len(paths), err)
	}
	return paths
}

func lintRendered(t *testing.T, path string, opts gen.Options) {
	t.Helper()
	p, err := project.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if project.Container(opts.Target) && p.Target.Nginx != "" {
		return // an image of that release lacks what the distribution mended
	}
	files, err := gen.Render(p, opts)
	if err != nil && (opts.Target == "apache" || strings.Contains(err.Error(), "own container")) {
		return // the target has nothing for some key
	}
	if err != nil {
		t.Fatalf("%s (%+v): %v", filepath.Base(path), opts, err)
	}
	dir := filepath.Join(t.TempDir(), "deploy")
	plan, err := gen.NewPlan(dir, files)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(false); err != nil {
		t.Fatal(err)
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
		t.Errorf("%s (%+v): %s", filepath.Base(path), opts, strings.ReplaceAll(report.Line(d), dir+"/", ""))
	}
}
