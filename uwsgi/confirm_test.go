package uwsgi_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
	"github.com/deployctl/deployctl/uwsgi"
)

// environment is what the real uWSGI and ours are given.
var environment = map[string]string{"HOME": "/home/u", "FOO": "bar", "EMPTY": ""}

// confirmCase is a main file, and files beside it. The real uWSGI has to read
// the same list of options out of them.
type confirmCase struct {
	name  string
	main  string
	files map[string]string
}

// showConfig returns the lines that uwsgi --show-config prints for a file, and
// the rest of its output. It never gets as far as a socket: the folder it is
// told to work in does not exist.
func showConfig(t *testing.T, program, dir, file string) (options []string, log string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "--show-config", "--chdir", "/nonexistent/by/design", file)
	cmd.Dir = dir
	for k, v := range environment {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	log = string(out)
	_, shown, ok := strings.Cut(log, "\n;uWSGI instance configuration\n[uwsgi]\n")
	if !ok {
		return nil, log
	}
	shown, _, _ = strings.Cut(shown, ";end of configuration\n")
	shown = strings.TrimPrefix(shown, "show-config = true\nchdir = /nonexistent/by/design\n")
	return strings.SplitAfter(shown, "\n"), log
}

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

func TestConfirmOptions(t *testing.T) {
	t.Parallel()
	program := realtest.Need(t, "uwsgi")
	for _, tc := range confirmCases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			file := tc.name
			if !strings.Contains(file, ".") {
				file = "main.ini"
			}
			write(t, dir, tc.files)
			write(t, dir, map[string]string{file: tc.main})
			want, log := showConfig(t, program, dir, file)
			if want == nil {
				t.Fatalf("uWSGI shows no configuration:\n%s", log)
			}
			cfg, err := uwsgi.Load(filepath.Join(dir, file), uwsgi.LoadOptions{Dir: dir, Here: true, Env: environment})
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, o := range cfg.Options {
				b.WriteString(o.Key + " = " + o.Value + "\n")
			}
			if diff := cmp.Diff(want, strings.SplitAfter(b.String(), "\n")); diff != "" {
				t.Errorf("options differ (-uWSGI +ours):\n%s\nproblems: %v", diff, cfg.Problems)
			}
		})
	}
}
