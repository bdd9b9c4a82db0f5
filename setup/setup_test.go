package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/project"
)

// folder returns a copy of a sample project and its start.
func folder(t *testing.T) (Folder, *Start) {
	t.Helper()
	f := Folder{filepath.Join(t.TempDir(), "shop")}
	if err := os.CopyFS(f.Dir, os.DirFS("../testdata/projects/django")); err != nil {
		t.Fatal(err)
	}
	start, err := f.Start(false)
	if err != nil {
		t.Fatal(err)
	}
	return f, start
}

func TestDraftWritesNothing(t *testing.T) {
	t.Parallel()
	f, start := folder(t)
	d, err := f.Draft(start.Project)
	if err != nil {
		t.Fatal(err)
	}
	result, err := d.Lint()
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Diagnostics) > 0 || result.Files < 4 {
		t.Errorf("%d files, %v", result.Files, result.Diagnostics)
	}
	if _, err := os.Stat(d.Plan.Dir); err == nil {
		t.Error("the draft was written")
	}
	if err := d.Write(false); err != nil {
		t.Fatal(err)
	}
	written, err := f.Lint()
	if err != nil || len(written.Diagnostics) > 0 || written.Files != result.Files {
		t.Errorf("what was written lints otherwise than the draft: %d files, %v, %v", written.Files, written.Diagnostics, err)
	}
	again, err := f.Start(false)
	if err != nil || !again.Kept {
		t.Errorf("the description is not kept: %v", err)
	}
}

// A draft is linted as it stands, not as the disk does.
func TestDraftLintSeesFaults(t *testing.T) {
	t.Parallel()
	f, start := folder(t)
	p := start.Project.Clone()
	p.RawUwsgi = append(p.RawUwsgi, project.Var{Name: "buffer-size", Value: "100"})
	d, err := f.Draft(p)
	if err != nil {
		t.Fatal(err)
	}
	result, err := d.Lint()
	if err != nil || len(result.Diagnostics) == 0 {
		t.Errorf("a second buffer-size is no finding: %v", err)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	want := []project.Change{{Key: "project.name", Value: "web"}, {Key: "route.a.raw", Value: "x;\n y \"z\""}, {Key: "app.stats", Value: ""}, {Key: "route.a.path", Value: `~ ^/a=b\.c$`}, {Key: "env.A", Value: `"q"`}}
	got, err := ParseAnswers("answers", MarshalAnswers(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := ParseAnswers("answers", "a = \"b\n"); err == nil {
		t.Error("a missing quote is no error")
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	env := func(name string) string { return map[string]string{"HOME": home}[name] }
	s := NewState(home, env)
	if _, ok := s.Load(); ok {
		t.Error("something was kept before anything was")
	}
	changes := []project.Change{{Key: "project.name", Value: "web"}}
	for _, number := range []int{2, 1} { // the older one comes late
		if err := s.Keep(number, append(changes, project.Change{Key: "app.processes", Value: string(rune('0' + number))}), "3.1"); err != nil {
			t.Fatal(err)
		}
	}
	k, ok := NewState(home, env).Load()
	if !ok || k.Place != "3.1" || len(k.Changes) != 2 || k.Changes[1].Value != "2" || k.At.IsZero() {
		t.Errorf("kept: %+v", k)
	}
	info, err := os.Stat(s.path)
	if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(s.path, filepath.Join(home, ".local/state/deployctl")) {
		t.Errorf("%s: %v, %v", s.path, info, err)
	}
	if _, ok := NewState(t.TempDir(), env).Load(); ok {
		t.Error("another folder has the same state")
	}
	if err := s.Remove(); err != nil {
		t.Fatal(err)
	}
	if err := s.Keep(9, changes, ""); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Load(); ok {
		t.Error("something is kept after it was removed")
	}
	var none *State = NewState(home, func(string) string { return "" })
	if _, ok := none.Load(); ok || none.Keep(1, changes, "") != nil || none.Remove() != nil {
		t.Error("without a place something is kept, or an error")
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	_, start := folder(t)
	to := start.Project.Clone()
	for _, c := range []project.Change{{Key: "project.name", Value: "web"}, {Key: "routes", Value: "old static app"}, {Key: "route.old.path", Value: "= /it's"}, {Key: "project.virtualenv", Value: ""}} {
		if err := to.Set(c.Key, c.Value); err != nil {
			t.Fatal(err)
		}
	}
	want := `deployctl init --yes --force --name web --set project.virtualenv= --set 'routes=old static app' --set 'route.old.path== /it'\''s' 'my shop'`
	if got := strings.Join(Command("my shop", start.Project, to, true), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"MemTotal:       16314204 kB\nMemFree: 1 kB\n": 15931, "": 0, "MemTotal: x kB": 0} {
		if got := memory(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
