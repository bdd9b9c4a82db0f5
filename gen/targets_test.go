package gen

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/project"
)

// targetDescriptions are rendered for every target but native, whose files
// stand in testdata/descriptions.
func targetDescriptions(t *testing.T) map[string]*project.Project {
	t.Helper()
	files, err := filepath.Glob("../testdata/targets/*.ini")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d descriptions: %v", len(files), err)
	}
	all := map[string]*project.Project{}
	for _, f := range files {
		p, err := project.Load(f)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".ini")] = p
	}
	return all
}

// renderTarget renders a description of testdata/targets into a folder.
func renderTarget(t *testing.T, name, target, dir string) *project.Project {
	t.Helper()
	p, err := project.Load(filepath.Join("../testdata/targets", name+".ini"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := Render(p, Options{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan(dir, files)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(false); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTargetsGolden(t *testing.T) {
	t.Parallel()
	for name, p := range targetDescriptions(t) {
		for _, target := range Targets()[1:] {
			golden := filepath.Join("../testdata/targets", name+".golden", target)
			files, err := Render(p, Options{Target: target})
			if err != nil {
				t.Fatalf("%s for %s: %v", name, target, err)
			}
			if *update {
				if err := os.RemoveAll(golden); err != nil {
					t.Fatal(err)
				}
			}
			var paths []string
			for _, f := range files {
				paths = append(paths, f.Path)
				if !Untouched(f.Content) {
					t.Errorf("%s for %s: %s does not bear its own checksum", name, target, f.Path)
				}
				file := filepath.Join(golden, f.Path)
				if *update {
					if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file, f.Content, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Error(err)
					continue
				}
				if diff := cmp.Diff(string(want), string(f.Content)); diff != "" {
					t.Errorf("%s for %s: %s (-want +got):\n%s", name, target, f.Path, diff)
				}
			}
			if diff := cmp.Diff(filesBelow(t, golden), slices.Sorted(slices.Values(paths))); diff != "" {
				t.Errorf("%s for %s: the files (-golden +rendered):\n%s", name, target, diff)
			}
		}
	}
}

func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		paths = append(paths, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(slices.Values(paths))
}

func TestEveryTargetRenders(t *testing.T) {
	t.Parallel()
	for _, name := range Targets() {
		if targets[name] == nil {
			t.Errorf("nothing renders %s", name)
		}
	}
	if len(targets) != len(Targets()) {
		t.Errorf("%d targets are rendered, and %d are listed", len(targets), len(Targets()))
	}
	for name, want := range map[string]string{
		"sistemd": `unknown target "sistemd": write native`,
		"":        `unknown target ""`,
	} {
		if err := Target(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	if err := Target("sistemd"); !strings.HasSuffix(err.Error(), "the nearest name is systemd") {
		t.Errorf("no nearest name: %v", err)
	}
}
