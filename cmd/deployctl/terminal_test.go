//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// onTerminal runs a command line on a terminal of 60 cells, which answers
// nothing, and returns what it shows there.
func onTerminal(t *testing.T, env []string, args ...string) string {
	t.Helper()
	// The test's binary is deployctl when it is called so (TestMain).
	cmd := exec.Command(os.Args[0])
	cmd.Args = append([]string{"deployctl"}, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color"}, env...)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 60})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	shown, _ := io.ReadAll(terminal) // ends with an error where the other side closes
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, shown)
	}
	return strings.ReplaceAll(string(shown), "\r\n", "\n")
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		env     []string
		args    []string
		want    []string
		wantNot []string
	}{
		{"nothing is asked of the terminal", nil, []string{"version"}, []string{"deployctl "}, []string{"\x1b"}},
		{"a page, rendered and broken into lines", []string{"PAGER=cat"}, []string{"explain", "pair-timeout-order"},
			[]string{"\x1b[1mpair-timeout-order\x1b[0m\n", "\n    \x1b[38;5;68mserver\x1b[0m {\n", "\x1b[1mSymptom\x1b[0m: 504, \x1b[36mupstream timed out (110:"}, []string{"```", "# pair"}},
		{"without color", []string{"PAGER=cat", "NO_COLOR=1"}, []string{"explain", "pair-timeout-order"}, []string{"\npair-timeout-order\n", "**Symptom**"}, []string{"\x1b", "```"}},
		{"through the pager", []string{"PAGER=sed s/^/pager:/"}, []string{"explain", "pair-timeout-order", "--lang", "zh"}, []string{"\npager:    \x1b[38;5;68mserver\x1b[0m {\n", "pager:\x1b[1m症状"}, nil},
		{"the table", []string{"PAGER=cat", "LC_ALL=zh_CN.UTF-8"}, []string{"rules"}, []string{"\npair-timeout-order            警告"}, []string{"\x1b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			shown := "\n" + onTerminal(t, c.env, c.args...)
			for _, s := range c.want {
				if !strings.Contains(shown, s) {
					t.Errorf("%q is missing in:\n%q", s, shown)
				}
			}
			for _, s := range c.wantNot {
				if strings.Contains(shown, s) {
					t.Errorf("%q stands in:\n%q", s, shown)
				}
			}
		})
	}
}
