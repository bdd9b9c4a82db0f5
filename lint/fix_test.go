package lint

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/pair"
)

// memory returns how files that are on no disk are read.
func memory(files map[string]string) Reload {
	return func(overlay map[string]string) (*pair.Pair, error) {
		texts := map[string]string{}
		var paths []string
		for name, text := range files {
			texts[name] = text
			paths = append(paths, name)
		}
		for name, text := range overlay {
			texts[name] = text
		}
		return pair.Load(paths, pair.Options{Overlay: texts})
	}
}

// replacing returns a rule that replaces texts wherever they stand, each find
// by a fix of its own.
func replacing(id string, unsafe bool, oldnew ...string) *Rule {
	return &Rule{ID: id, Severity: diag.Warning, Check: func(p *Pass) {
		for _, f := range sources(p.Pair) {
			for i := 0; i < len(oldnew); i += 2 {
				for at := 0; ; {
					n := strings.Index(f.Src[at:], oldnew[i])
					if n < 0 {
						break
					}
					span := diag.Span{Start: at + n, End: at + n + len(oldnew[i])}
					at = span.End
					p.Report(diag.Diagnostic{Location: diag.Location{File: f, Span: span}, Message: diag.T("%s", oldnew[i]),
						Fix: &diag.Fix{Unsafe: unsafe, Edits: []diag.Edit{{File: f, Span: span, New: oldnew[i+1]}}}})
				}
			}
		}
	}}
}

func TestFix(t *testing.T) {
	t.Parallel()
	// inserting puts lines to one place, one after the other.
	inserting := &Rule{ID: "insert", Severity: diag.Warning, Check: func(p *Pass) {
		f := sources(p.Pair)[0]
		for i := range 15 {
			line := "# line " + string(rune('a'+i)) + "\n"
			if !strings.Contains(f.Src, line) {
				p.Report(diag.Diagnostic{Location: diag.Location{File: f}, Message: diag.T("%s", line),
					Fix: &diag.Fix{Edits: []diag.Edit{{File: f, New: line}}}})
			}
		}
	}}
	// both changes two files at once.
	both := &Rule{ID: "both", Severity: diag.Warning, Check: func(p *Pass) {
		var edits []diag.Edit
		for _, f := range sources(p.Pair) {
			if n := strings.Index(f.Src, "old"); n >= 0 {
				text := "new"
				if strings.HasSuffix(f.Name, ".ini") {
					text = "[broken"
				}
				edits = append(edits, diag.Edit{File: f, Span: diag.Span{Start: n, End: n + 3}, New: text})
			}
		}
		if len(edits) == 2 {
			p.Report(diag.Diagnostic{Location: diag.Location{File: edits[0].File}, Message: diag.T("old"), Fix: &diag.Fix{Edits: edits}})
		}
	}}
	for _, c := range []struct {
		name     string
		rules    []*Rule
		unsafe   bool
		files    map[string]string
		want     map[string]string
		applied  int
		dropped  int
		findings int
	}{
		{"until nothing changes", []*Rule{replacing("r", false, "a1", "a2", "a2", "a3", "a3", "a4")}, false,
			map[string]string{"x.conf": "user a1; # a1\n"}, map[string]string{"x.conf": "user a4; # a4\n"}, 6, 0, 0},
		{"comments and layout stay", []*Rule{replacing("r", false, "bad", "good")}, false,
			map[string]string{"x.conf": "# top \r\n\tuser   bad ;\t# why\n\n\n"}, map[string]string{"x.conf": "# top \r\n\tuser   good ;\t# why\n\n\n"}, 1, 0, 0},
		{"more lines for one place than there were rounds once", []*Rule{inserting}, false,
			map[string]string{"x.conf": "user a;\n"}, map[string]string{"x.conf": "# line o\n# line n\n# line m\n# line l\n# line k\n# line j\n# line i\n# line h\n# line g\n# line f\n# line e\n# line d\n# line c\n# line b\n# line a\nuser a;\n"}, 15, 0, 0},
		{"an unsafe fix waits", []*Rule{replacing("r", true, "a", "b")}, false, map[string]string{"x.conf": "user a;\n"}, map[string]string{}, 0, 0, 1},
		{"until it is asked for", []*Rule{replacing("r", true, "a;", "b;")}, true, map[string]string{"x.conf": "user a;\n"}, map[string]string{"x.conf": "user b;\n"}, 1, 0, 0},
		{"a fix that breaks a file is dropped, the others are made", []*Rule{replacing("r", false, "p1", "p2", "p3;", "{", "p4", "p5")}, false,
			map[string]string{"x.conf": "user p1;\npid p3;\nerror_log p4;\n", "y.conf": "user p1;\n"},
			map[string]string{"x.conf": "user p2;\npid p3;\nerror_log p5;\n", "y.conf": "user p2;\n"}, 3, 1, 1},
		{"what is broken already may be mended", []*Rule{replacing("r", false, "x2", "x3", "on\n}", "on;\n}")}, false,
			map[string]string{"x.conf": "http {\n    root x2;\n    gzip on\n}\n"}, map[string]string{"x.conf": "http {\n    root x3;\n    gzip on;\n}\n"}, 2, 0, 0},
		{"all or none, in two files", []*Rule{both, replacing("r", false, "p1", "p2")}, false,
			map[string]string{"x.conf": "user old;\npid p1;\n", "y.ini": "[uwsgi]\nchdir = /x\nold\n"}, map[string]string{"x.conf": "user old;\npid p2;\n"}, 1, 1, 1},
		{"fixes that undo each other end", []*Rule{replacing("r", false, "on;", "off;"), replacing("s", false, "off;", "on;")}, false,
			map[string]string{"x.conf": "daemon on;\n"}, map[string]string{}, 2, 0, 1},
		{"a file that would be none of ours any more", []*Rule{replacing("r", false, "user", "loser")}, false,
			map[string]string{"conf.d/x.conf": "user a;\n"}, map[string]string{"conf.d/x.conf": "loser a;\n"}, 1, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, err := Fix(memory(c.files), c.rules, Options{}, c.unsafe)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, f.New); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
			for name := range f.New {
				if f.Old[name] != c.files[name] {
					t.Errorf("the old text of %s is %q", name, f.Old[name])
				}
			}
			if f.Applied != c.applied || f.Dropped != c.dropped || len(f.Result.Diagnostics) != c.findings {
				t.Errorf("%d applied, %d dropped, %d findings left; want %d, %d, %d", f.Applied, f.Dropped, len(f.Result.Diagnostics), c.applied, c.dropped, c.findings)
			}
		})
	}
}

// TestFixLost changes a file in a folder so that it would be taken for no
// configuration any more: it is left alone, and the others are mended.
func TestFixLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.conf"), filepath.Join(dir, "b.conf")
	for _, path := range []string{a, b} {
		if err := os.WriteFile(path, []byte("server {\n    listen 80;\n}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lose := &Rule{ID: "lose", Severity: diag.Warning, Check: func(p *Pass) {
		for _, f := range sources(p.Pair) {
			span, text := diag.Span{Start: 0, End: 6}, "serve2"
			if f.Name == b {
				span, text = diag.Span{Start: 20, End: 22}, "81"
			}
			if f.Src[span.Start:span.End] != text {
				p.Report(diag.Diagnostic{Location: diag.Location{File: f}, Message: diag.T("x"), Fix: &diag.Fix{Edits: []diag.Edit{{File: f, Span: span, New: text}}}})
			}
		}
	}}
	f, err := Fix(func(overlay map[string]string) (*pair.Pair, error) {
		return pair.Load([]string{dir}, pair.Options{Overlay: overlay})
	}, []*Rule{lose}, Options{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{b: "server {\n    listen 81;\n}\n"}, f.New); diff != "" || f.Dropped != 1 || f.Applied != 1 {
		t.Errorf("%d dropped, %d applied (-want +got):\n%s", f.Dropped, f.Applied, diff)
	}
}

func TestFixedWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	target, changed := put("available", "old", 0o640), put("changed", "somebody's", 0o644)
	link := filepath.Join(dir, "enabled")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	f := &Fixed{
		Old: map[string]string{link: "old", target: "old", changed: "old", "stdin.conf": "old", filepath.Join(dir, "gone"): "old"},
		New: map[string]string{link: "new", target: "new", changed: "new", "stdin.conf": "new", filepath.Join(dir, "gone"): "new"},
	}
	err := f.Write(map[string]string{"stdin.conf": "old"})
	if err == nil || !strings.Contains(err.Error(), "the file changed while it was linted") || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
	for path, want := range map[string]string{target: "new", changed: "somebody's"} {
		if text, err := os.ReadFile(path); err != nil || string(text) != want {
			t.Errorf("%s holds %q (%v), want %q", path, text, err, want)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is no link any more: %v", err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the target's mode is not the old one: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "gone")); err == nil {
		t.Error("a file that is gone was made again")
	}
}
