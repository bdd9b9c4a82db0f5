package markdown

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, source, want string }{
		{"empty", "", ""},
		{"heading and text", "# rule\n\nOne paragraph that goes\non.\n\nAnother.\n", "rule\n\nOne paragraph that goes on.\n\nAnother.\n"},
		{"wrapped", "one two three four five six seven", "one two three four five six\nseven\n"},
		{"marks stay without color", "a **b** and `c d`", "a **b** and `c d`\n"},
		{"code block", "```nginx\nserver {\n    listen 80;\n}\n```\n", "    server {\n        listen 80;\n    }\n"},
		{"a list's lines", "1. one two three four five six seven eight\n2. 工作进程占用连接，其他请求一直等待\n", "1. one two three four five\n   six seven eight\n2. 工作进程占用连接，其他请\n   求一直等待\n"},
		{"highlighted code keeps its text", "```ini\n[uwsgi]\nmaster = true\n```\n", "    [uwsgi]\n    master = true\n"},
		{"long code", "a `one two three four five six seven` b", "a `one two three four five\nsix seven` b\n"},
		{"list", "- one two three four five six seven\n- two\n", "- one two three four five\n  six seven\n- two\n"},
		{"numbers", "3. three\n4. four\n   - nested\n", "3. three\n4. four\n  - nested\n\n"},
		{"link", "see [the docs](https://nginx.org/)", "see\nthe docs https://nginx.org/\n"},
		{"quote", "> a\n\nb", "  a\n\nb\n"},
		{"Chinese", "工作进程\n占用连接，其他请求\n一直等待", "工作进程占用连接，其他请求一\n直等待\n"},
		{"table", "| a | bb |\n|---|---|\n| 错误 | `x` |\n| c | one two three four five six |\n", "   A   |             BB               \n-------+------------------------------\n  错误 | x                            \n  c    | one two three four five six  \n"},
	} {
		if diff := cmp.Diff(c.want, terminal(t, c.source, 28, false)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestColor(t *testing.T) {
	t.Parallel()
	got := terminal(t, "# rule\n\na **b** and `c`\x1b[31m\n", 40, true)
	want := "\x1b[1mrule\x1b[0m\n\na \x1b[1mb\x1b[0m and \x1b[36mc\x1b[0m [31m\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWide reads what no page holds.
func TestWide(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"<div>x</div>\n", "![a](b)\n", "***\n", strings.Repeat("> ", 50) + "deep\n", "| a |\n|---|\n|\n", "~~~\nopen"} {
		terminal(t, source, 1, true)
	}
}

func terminal(t *testing.T, source string, width int, color bool) string {
	t.Helper()
	s, err := Terminal(source, width, color)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
