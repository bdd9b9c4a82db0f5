package format

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/pair"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.conf": "user   a;\n", "b.ini": "[uwsgi]\na=1\n", "good.ini": "[uwsgi]\na = 1\n", "broken.conf": "user a;\nhttp {\n",
		"c.yaml": "uwsgi:\n  processes:   1\n", "tox.ini": "[tox]\na=1\n", "uwsgi_params": "uwsgi_param   A b;\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	plan := func(paths ...string) (string, error) {
		changes, err := Plan(paths, pair.Options{})
		var names []string
		for _, c := range changes {
			names = append(names, filepath.Base(c.Path)+":"+c.New)
		}
		return strings.Join(names, " "), err
	}
	got, err := plan(dir)
	var alone *Error
	if want := "a.conf:user a;\n b.ini:[uwsgi]\na = 1\n"; got != want || !errors.As(err, &alone) || filepath.Base(alone.Path) != "broken.conf" || alone.Line != 2 {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if got, err = plan(filepath.Join(dir, "uwsgi_params")); got != "uwsgi_params:uwsgi_param A b;\n" || err != nil {
		t.Errorf("a file that was named: %q, %v", got, err)
	}
	if got, err = plan(filepath.Join(dir, "c.yaml")); got != "" || !errors.As(err, &alone) || alone.Line != 0 {
		t.Errorf("another language: %q, %v", got, err)
	}
	if _, err = plan(filepath.Join(dir, "none")); err == nil {
		t.Error("a file that does not exist is no error")
	}
}
