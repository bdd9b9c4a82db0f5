package ci_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDependencies sees that every library that go.mod asks for has its row in the table, with its version.
func TestDependencies(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^\t(\S+) (v\S+)$`).FindAllStringSubmatch(string(mod), -1)
	if len(direct) < 20 {
		t.Fatalf("only %d direct dependencies are seen in go.mod", len(direct))
	}
	for _, d := range direct {
		if row := "| " + d[1] + " | " + d[2] + " |"; !strings.Contains(string(table), row) {
			t.Errorf("docs/dependencies.md lacks %q", row)
		}
	}
}
