package ci_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/realtest"
)

var (
	fence = regexp.MustCompile("(?ms)(?:`([\\w.]+)`:\n\n)?^```(\\w+)\n(.*?)^```$")
	port  = regexp.MustCompile(`\b(8080|3031)\b`)
)

// TestTutorial does what docs/tutorial.md says: writes its files, types its
// commands, and holds what they print against the page. A line ... stands for any lines.
func TestTutorial(t *testing.T) {
	t.Parallel()
	realtest.Need(t, "bash")
	text, err := os.ReadFile("../docs/tutorial.md")
	if err != nil {
		t.Fatal(err)
	}
	// The page's ports may be taken here.
	ports := map[string]string{"8080": strconv.Itoa(realtest.FreePort(t)), "3031": strconv.Itoa(realtest.FreePort(t))}
	page := port.ReplaceAllStringFunc(string(text), func(p string) string { return ports[p] })
	bin, dir := build(t), t.TempDir()
	commands := 0
	for _, block := range fence.FindAllStringSubmatch(page, -1) {
		name, kind, body := block[1], block[2], block[3]
		if kind != "console" {
			if name == "" {
				t.Fatalf("a file without a name:\n%s", body)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for _, step := range strings.Split("\n"+body, "\n$ ")[1:] {
			command, want, _ := strings.Cut(step, "\n")
			got, _ := shell(t, bin, dir, command, "LC_ALL=C.UTF-8", "HOME="+dir)
			commands++
			if !like(strings.Split(strings.TrimSpace(want), "\n"), strings.Split(strings.TrimSpace(got), "\n")) {
				t.Errorf("$ %s (-page +program):\n%s", command, cmp.Diff(want, got))
			}
		}
	}
	if commands < 6 {
		t.Errorf("only %d commands stand on the page", commands)
	}
}

// like tells whether lines are those of a page.
func like(want, got []string) bool {
	switch {
	case len(want) == 0:
		return len(got) == 0
	case want[0] == "...":
		for i := range len(got) + 1 {
			if like(want[1:], got[i:]) {
				return true
			}
		}
		return false
	}
	// Ports here may have more digits, and more marks below them.
	bare := func(line string) string { return strings.TrimRight(strings.TrimSpace(line), "^") }
	return len(got) > 0 && bare(want[0]) == bare(got[0]) && like(want[1:], got[1:])
}
