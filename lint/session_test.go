package lint_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/rules"
	"github.com/deployctl/deployctl/pair"
)

// session lints texts that lie nowhere.
func session(t *testing.T, texts map[string]string) *lint.Session {
	t.Helper()
	s, err := lint.NewSession(func(overlay map[string]string) (*pair.Pair, error) {
		all := maps.Clone(texts)
		maps.Copy(all, overlay)
		var paths []string
		for path := range all {
			paths = append(paths, path)
		}
		return pair.Load(paths, pair.Options{Overlay: all})
	}, rules.All(), lint.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// finding returns the first finding of a rule.
func finding(t *testing.T, s *lint.Session, rule string) diag.Diagnostic {
	t.Helper()
	for _, d := range s.Result().Diagnostics {
		if d.Rule == rule {
			return d
		}
	}
	t.Fatalf("no finding of %s: %v", rule, s.Result().Diagnostics)
	return diag.Diagnostic{}
}

func TestSession(t *testing.T) {
	t.Parallel()
	s := session(t, map[string]string{"uwsgi.ini": "[uwsgi]\nmodule = a\nmaster = true\nprocesses = 2\nprocesses = 4\nsocket = 127.0.0.1:3031\nlimit-as = 64\n"})
	duplicate := finding(t, s, "uwsgi-duplicate-key")
	if err := s.Suppress(duplicate, "the second\n one wins"); err != nil {
		t.Fatal(err)
	}
	text := s.Fixed().New["uwsgi.ini"]
	if !strings.Contains(text, "# deployctl:ignore uwsgi-duplicate-key the second one wins\n") {
		t.Errorf("the comment is missing:\n%s", text)
	}
	for _, d := range s.Result().Diagnostics {
		if d.Rule == "uwsgi-duplicate-key" {
			t.Error("the finding is still there")
		}
	}
	if !s.Undo() || s.Undo() || len(s.Fixed().New) > 0 {
		t.Errorf("undo leaves %v", s.Fixed().New)
	}
	var fixable diag.Diagnostic
	for _, d := range s.Result().Diagnostics {
		if d.Fix != nil {
			fixable = d
		}
	}
	if fixable.Fix == nil {
		t.Fatal("nothing can be mended")
	}
	if diff := lint.FixDiff(fixable.Fix); !strings.Contains(diff, "@@") {
		t.Errorf("no difference: %s", diff)
	}
	if err := s.Accept(fixable); err != nil {
		t.Fatal(err)
	}
	if mended, suppressed := s.Counts(); mended != 1 || suppressed != 0 || len(s.Fixed().New) != 1 {
		t.Errorf("mended %d, suppressed %d, %v", mended, suppressed, s.Fixed().New)
	}
	if err := s.Accept(diag.Diagnostic{}); err == nil {
		t.Error("a finding without a fix is mended")
	}
}

func TestSuppression(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, src, want string }{
		{"indented", "nginx.conf", "http {\r\n    x y;\r\n}\r\n", "http {\r\n    # deployctl:ignore rule why\r\n    x y;\r\n}\r\n"},
		{"first line", "a.ini", "x = 1", "# deployctl:ignore rule why\nx = 1"},
		{"beside another", "a.ini", "# deployctl:ignore a,b because\nx = 1\n", "# deployctl:ignore a,b,rule because; why\nx = 1\n"},
		{"on its line", "a.conf", "x y; # deployctl:ignore a because\n", "x y; # deployctl:ignore a,rule because; why\n"},
		{"no comments", "a.json", `{"x": 1}`, ""},
	} {
		f := diag.NewFile(c.file, c.src)
		at := strings.Index(c.src, "x")
		if i := strings.LastIndex(c.src, "\nx"); i >= 0 {
			at = i + 1
		}
		edits, err := lint.Suppression(diag.Diagnostic{Rule: "rule", Location: diag.Location{File: f, Span: diag.Span{Start: at, End: at + 1}}}, " why\t")
		if (err != nil) != (c.want == "") {
			t.Errorf("%s: %v", c.name, err)
		}
		if got, _ := diag.Apply(c.src, edits); c.want != "" && got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
