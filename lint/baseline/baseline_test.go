package baseline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// found returns a run in which the rule finds every "x" of a file.
func found(path, src string) *lint.Result {
	f := diag.NewFile(path, src)
	r := &lint.Result{Files: 1, Sources: []*diag.File{f}}
	for at := range len(src) {
		if src[at] == 'x' {
			r.Diagnostics = append(r.Diagnostics, diag.Diagnostic{
				Rule: "r", Severity: diag.Warning, Location: diag.Location{File: f, Span: diag.Span{Start: at, End: at + 1}}, Message: diag.T("at %d", at),
			})
		}
	}
	return r
}

var all = []*lint.Rule{{ID: "r"}}

func TestApply(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, before, after string
		fresh               []int   // lines of new findings
		stale               []Entry // without the file
	}{
		{"nothing changed", "a x;\nb;\n", "a x;\nb;\n", nil, nil},
		{"lines moved and were indented", "a x;\nb x;\n", "# new\n\n  b   x;\n\ta x;\n", nil, nil},
		{"a new one", "a x;\n", "a x;\nb x;\n", []int{2}, nil},
		{"one more that is alike", "a x;\n", "a x;\nb;\na x;\n", []int{3}, nil},
		{"one less that is alike", "a x;\na x;\na x;\n", "a x;\n", nil, []Entry{{Rule: "r", Text: "a x;", Count: 2}}},
		{"two in a line", "x x\n", "x x\n", nil, nil},
		{"one is gone", "a x;\nb x;\n", "b x;\n", nil, []Entry{{Rule: "r", Text: "a x;", Count: 1}}},
		{"the line changed", "a x;\n", "c x;\n", []int{1}, []Entry{{Rule: "r", Text: "a x;", Count: 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path, file := filepath.Join(dir, "known.json"), filepath.Join(dir, "sub", "nginx.conf")
			if _, err := Write(path, found(file, c.before)); err != nil {
				t.Fatal(err)
			}
			b, err := Read(path)
			if err != nil {
				t.Fatal(err)
			}
			fresh, stale := b.Apply(found(file, c.after), lint.Config{}, all)
			var lines []int
			for _, d := range fresh.Diagnostics {
				lines = append(lines, d.File.Pos(d.Span.Start).Line)
			}
			if diff := cmp.Diff(c.fresh, lines); diff != "" {
				t.Errorf("new findings (-want +got):\n%s", diff)
			}
			for i := range c.stale {
				c.stale[i].File = "sub/nginx.conf"
			}
			if diff := cmp.Diff(c.stale, stale); diff != "" {
				t.Errorf("stale entries (-want +got):\n%s", diff)
			}
		})
	}
}

// TestStale checks that nothing is called stale that was not looked at.
func TestStale(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, file := filepath.Join(dir, "known.json"), filepath.Join(dir, "a.conf")
	if err := os.WriteFile(file, []byte("a x;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if n, err := Write(path, found(file, "a x;\n")); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	b, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	stale := func(r *lint.Result, cfg lint.Config) int {
		_, entries := b.Apply(r, cfg, all)
		return len(entries)
	}
	other := found(filepath.Join(dir, "b.conf"), "")
	for name, n := range map[string]int{
		"another file":         stale(other, lint.Config{}),
		"the rule did not run": stale(found(file, ""), lint.Config{Ignore: []string{"r"}}),
		"only errors":          stale(found(file, ""), lint.Config{MinSeverity: diag.Error}),
	} {
		if n != 0 {
			t.Errorf("%s: %d entries are called stale", name, n)
		}
	}
	if n := stale(found(file, ""), lint.Config{}); n != 1 {
		t.Errorf("the file was linted: %d stale entries", n)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if n := stale(other, lint.Config{}); n != 1 {
		t.Errorf("the file is gone: %d stale entries", n)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "known.json")
	r := found(filepath.Join(dir, "b.conf"), "b \"x\" <&>;\n  b \"x\"   <&>;\n")
	r.Diagnostics = append(r.Diagnostics, found(filepath.Join(dir, "a.conf"), "c x;\n").Diagnostics...)
	if n, err := Write(path, r); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	want := `{
  "version": 1,
  "findings": [
    {
      "file": "a.conf",
      "rule": "r",
      "text": "c x;",
      "count": 1
    },
    {
      "file": "b.conf",
      "rule": "r",
      "text": "b \"x\" <&>;",
      "count": 2
    }
  ]
}
`
	got, err := os.ReadFile(path)
	if diff := cmp.Diff(want, string(got)); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for text, want := range map[string]string{
		"{":                             "is no baseline",
		"[]":                            "is no baseline",
		`{"version": 2, "findings":[]}`: "is of version 2, and this program reads version 1",
		`{}`:                            "is of version 0",
	} {
		path := filepath.Join(dir, "x.json")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for path, want := range map[string]string{filepath.Join(dir, "none"): "there is no baseline", dir: "is no baseline"} {
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}
