package gen

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/templates"
)

var update = flag.Bool("update", false, "write the golden files")

// descriptions returns the shared descriptions by name.
func descriptions(t *testing.T) map[string]*project.Project {
	t.Helper()
	files, err := filepath.Glob("../testdata/descriptions/*.ini")
	if err != nil || len(files) < 12 {
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

func TestRenderGolden(t *testing.T) {
	t.Parallel()
	for name, p := range descriptions(t) {
		for _, site := range []bool{false, true} {
			files, err := Render(p, Options{Site: site})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, f := range files {
				if site && !strings.HasSuffix(f.Path, ".conf") {
					continue
				}
				if !Untouched(f.Content) {
					t.Errorf("%s: %s does not bear its own checksum", name, f.Path)
				}
				golden := filepath.Join("../testdata/descriptions", name+".golden", f.Path)
				if *update {
					if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(golden, f.Content, 0o644); err != nil {
						t.Fatal(err)
					}
					continue
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(f.Content)); diff != "" {
					t.Errorf("%s: %s (-want +got):\n%s", name, f.Path, diff)
				}
			}
		}
	}
}

// TestRealConfigurationTest asks both programs about every rendered pair.
func TestRealConfigurationTest(t *testing.T) {
	t.Parallel()
	nginx, uwsgi := realtest.Need(t, "nginx"), realtest.Need(t, "uwsgi")
	for name, p := range descriptions(t) {
		if name == "newest" {
			continue // for releases that Debian does not have yet
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			files, err := Render(p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			certificate, key := realtest.Certificate(t)
			for _, f := range files {
				text := realtest.Sandbox(string(f.Content), dir, certificate, key)
				if err := os.WriteFile(filepath.Join(dir, f.Path), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if out, err := exec.Command(nginx, "-t", "-q", "-p", dir, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr").CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
				t.Errorf("nginx -t: %v\n%s", err, out)
			}
			args := []string{"--strict", "--get", "processes", filepath.Join(dir, "uwsgi.ini")}
			if p.Target.Init == "container" {
				args = append([]string{"--plugins", "python3"}, args...)
			}
			if out, err := exec.Command(uwsgi, args...).CombinedOutput(); err != nil {
				t.Errorf("uwsgi --strict --get: %v\n%s", err, out)
			}
		})
	}
}

func TestEveryCommentExists(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	files, err := fs.Glob(templates.FS, "*/*.tmpl")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d templates: %v", len(files), err)
	}
	for _, name := range files {
		text, err := templates.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`why "([a-z0-9-]+)"`).FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = true
			if _, ok := why[m[1]]; !ok {
				t.Errorf("%s names a comment %q that does not exist", name, m[1])
			}
		}
	}
	var code strings.Builder
	for _, name := range []string{"nginx.go", "kubernetes.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(text)
	}
	for _, m := range regexp.MustCompile(`(?:comment\(r\.opts\.Lang, |objects\("[a-z/.]+", )"([a-z0-9-]+)"`).FindAllStringSubmatch(code.String(), -1) {
		used[m[1]] = true
		if _, ok := why[m[1]]; !ok {
			t.Errorf("the code names a comment %q that does not exist", m[1])
		}
	}
	used["notify"], used["notify-gunicorn"] = true, true // a template's own choice
	for key, text := range why {
		if !used[key] && !used[strings.TrimPrefix(key, "apache-")] { // Apache's own words for another comment
			t.Errorf("no template names the comment %q", key)
		}
		if text.en == "" || text.zh == "" {
			t.Errorf("the comment %q lacks a language", key)
		}
	}
}

func TestBufferSize(t *testing.T) {
	t.Parallel()
	p := project.New()
	if got := BufferSize(p); got != 50176 {
		t.Errorf("with nginx's defaults: %d bytes, want 50176", got)
	}
	p.Limits.HeaderSize = 64 << 10
	if got := BufferSize(p); got != 65535 {
		t.Errorf("above what the protocol holds: %d bytes, want 65535", got)
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deploy")
	actions := func(files []File) (*Plan, string) {
		t.Helper()
		p, err := NewPlan(dir, files)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, s := range p.Steps {
			names = append(names, s.Path+" "+s.Action.String())
		}
		return p, strings.Join(names, ", ")
	}
	read := func(name string) string {
		text, _ := os.ReadFile(filepath.Join(dir, name))
		return string(text)
	}
	one := []File{{"a", stamp("1\n", "en"), 0o644}, {"b", stamp("1\n", "en"), 0o600}}
	two := []File{{"a", stamp("2\n", "en"), 0o644}, {"b", stamp("2\n", "en"), 0o600}}

	p, got := actions(one)
	if got != "a create, b create" {
		t.Errorf("an empty folder: %s", got)
	}
	if err := p.Apply(false); err != nil {
		t.Fatal(err)
	}
	if p, got = actions(one); got != "a unchanged, b unchanged" || p.Changed() {
		t.Errorf("a second time: %s", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "b"), append(one[1].Content, "mine\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	p, got = actions(two)
	if got != "a update, b conflict" {
		t.Errorf("after an edit: %s", got)
	}
	var diff bytes.Buffer
	if err := p.Diff(&diff); err != nil || !strings.Contains(diff.String(), "-mine") {
		t.Errorf("diff: %v\n%s", err, diff.String())
	}
	if err := p.Apply(false); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(read("a"), "2\n") || !strings.Contains(read("b"), "mine") {
		t.Error("a conflict was overwritten, or an update was not written")
	}
	for range 2 {
		if err := os.WriteFile(filepath.Join(dir, "b"), append(one[1].Content, "mine\n"...), 0o600); err != nil {
			t.Fatal(err)
		}
		p, _ = actions(two)
		if err := p.Apply(true); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(read("b"), "2\n") || !strings.Contains(read("b.bak"), "mine") || !strings.Contains(read("b.bak.1"), "mine") {
		t.Error("with force the file is not written, or a person's text is lost")
	}
}
