package pager

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShow(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "pager")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$LESS $1\"\nexec cat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("line\n", 1<<16)
	for _, c := range []struct{ name, pager, less, text, want string }{
		{"cat", "cat", "", "a\n", "a\n"},
		{"none of that name", "/does/not/exist", "", "a\n", "a\n"},
		{"with an argument", script + " -x", "", "a\n", "FRX -x\na\n"},
		{"LESS is kept", script, "R", "a\n", os.Getenv("LESS") + " \na\n"},
		{"left early", "true", "", long, ""},
		{"fails", "false", "", "a\n", ""},
	} {
		var out bytes.Buffer
		env := map[string]string{"PAGER": c.pager, "LESS": c.less}
		if err := Show(c.text, &out, &out, func(name string) string { return env[name] }); err != nil || out.String() != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, out.String(), err, c.want)
		}
	}
}
