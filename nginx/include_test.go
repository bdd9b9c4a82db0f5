package nginx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write puts files below a folder.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		files    map[string]string
		root     bool
		want     []string // files below the folder, in order
		problems []string
	}{
		{name: "none", files: map[string]string{"nginx.conf": "a;"}, want: []string{"nginx.conf"}},
		{
			name:  "relative, glob sorted, hidden left out",
			files: map[string]string{"nginx.conf": "include c/*.conf; include p;", "c/b.conf": "x;", "c/a.conf": "y;", "c/.h.conf": "z;", "p": "include q;", "q": ""},
			want:  []string{"nginx.conf", "c/a.conf", "c/b.conf", "p", "q"},
		},
		{name: "glob without a match", files: map[string]string{"nginx.conf": "include c/*.conf;"}, want: []string{"nginx.conf"}},
		{name: "missing", files: map[string]string{"nginx.conf": "a; include nope;"}, want: []string{"nginx.conf"}, problems: []string{"4: the included file DIR/nope does not exist"}},
		{name: "cycle", files: map[string]string{"nginx.conf": "include a;", "a": "include nginx.conf;"}, want: []string{"nginx.conf", "a"}, problems: []string{"1: DIR/nginx.conf includes itself"}},
		{name: "twice is once", files: map[string]string{"nginx.conf": "include a; b { include a; }", "a": ""}, want: []string{"nginx.conf", "a"}},
		{name: "a set that leaves names out", files: map[string]string{"nginx.conf": "include c/[!a].conf;", "c/a.conf": "", "c/b.conf": ""}, want: []string{"nginx.conf", "c/b.conf"}},
		{name: "a bracket that is never closed", files: map[string]string{"nginx.conf": "include a[;"}, want: []string{"nginx.conf"}},
		{name: "folder", files: map[string]string{"nginx.conf": "include c;", "c/x": ""}, want: []string{"nginx.conf"}, problems: []string{"1: the included path DIR/c is no regular file"}},
		{name: "below another root", root: true, files: map[string]string{"nginx.conf": "include /etc/nginx/a;", "etc/nginx/a": ""}, want: []string{"nginx.conf", "etc/nginx/a"}},
		{name: "a template", files: map[string]string{"nginx.conf": "include ${DIR}/a;"}, want: []string{"nginx.conf"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, c.files)
			opts := LoadOptions{}
			if c.root {
				opts.Root = dir
			}
			cfg, err := Load(filepath.Join(dir, "nginx.conf"), opts)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range cfg.Files {
				rel, _ := filepath.Rel(dir, f.Path)
				got = append(got, rel)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			var problems []string
			for _, p := range cfg.Problems {
				at := p.File.Pos(p.Include.Name.Span().Start)
				problems = append(problems, itoa(at.Column)+": "+strings.ReplaceAll(p.Message.String(), dir, "DIR"))
			}
			if diff := cmp.Diff(c.problems, problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadDepth(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := map[string]string{"nginx.conf": "include f1;"}
	for i := 1; i < 50; i++ {
		files["f"+itoa(i)] = "include f" + itoa(i+1) + ";"
	}
	files["f50"] = ""
	write(t, dir, files)
	cfg, err := Load(filepath.Join(dir, "nginx.conf"), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Files) != maxIncludeDepth+1 || len(cfg.Problems) != 1 {
		t.Errorf("%d files and %d problems, want %d and 1", len(cfg.Files), len(cfg.Problems), maxIncludeDepth+1)
	}
}

func TestHostileInputIsLinear(t *testing.T) {
	t.Parallel()
	const n = 1 << 20
	for name, src := range map[string]string{
		"braces":     strings.Repeat("{", n),
		"blocks":     strings.Repeat("a{", n),
		"closing":    strings.Repeat("}", n),
		"quotes":     strings.Repeat("\"a\n", n),
		"both":       strings.Repeat("\"a\n'b\n", n),
		"backslash":  strings.Repeat("\\", n),
		"one line":   strings.Repeat("x", n),
		"words":      strings.Repeat("x ", n),
		"semicolons": strings.Repeat(";", n),
		"lua":        "a_by_lua_block {" + strings.Repeat("[=", n),
		"spaces":     strings.Repeat(" ", n) + "}",
		"names":      strings.Repeat("server\n", n),
		"servers":    strings.Repeat("server {\n", n),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := printed(t, Parse("nginx.conf", src)); got != src {
				t.Error("the printed text differs from the source")
			}
		})
	}
}
