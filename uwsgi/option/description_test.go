package option

import (
	"slices"
	"strings"
	"testing"
)

// described is how many names of the table have a description; it only grows.
const described = 1120

func TestDescriptions(t *testing.T) {
	t.Parallel()
	n := 0
	seen := map[string]bool{}
	for _, o := range All() {
		if seen[o.Name] {
			continue
		}
		seen[o.Name] = true
		d, ok := Describe(o.Name)
		if !ok {
			if slices.Contains([]string{"core", "python", "http", "fastrouter", "gevent", "cheaper_busyness"}, o.Plugin) {
				t.Errorf("%s of %s has no description", o.Name, o.Plugin)
			}
			continue
		}
		n++
		if d.Text == "" || d.Text != strings.TrimSpace(d.Text) || strings.HasSuffix(d.Text, ".") || len(d.Text) > 160 {
			t.Errorf("%s: %q is no line without a full stop", o.Name, d.Text)
		}
	}
	if n < described {
		t.Errorf("%d names have a description, %d had one", n, described)
	}
	for name := range descriptions() {
		if len(Lookup(name)) == 0 {
			t.Errorf("the description of %s is of no option", name)
		}
	}
	if _, ok := Describe("no-such-option"); ok {
		t.Error("no-such-option has a description")
	}
}
