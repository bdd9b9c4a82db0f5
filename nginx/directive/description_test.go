package directive

import (
	"slices"
	"strings"
	"testing"
)

func TestDescriptions(t *testing.T) {
	t.Parallel()
	for _, name := range All() {
		d, ok := Describe(name)
		if !ok || d.Text == "" || d.Text != strings.TrimSpace(d.Text) || strings.HasSuffix(d.Text, ".") || len(d.Text) > 160 {
			t.Errorf("%s: %q is no line without a full stop", name, d.Text)
		}
		rows := Lookup(name)
		flag := !slices.ContainsFunc(rows, func(r Row) bool { return r.Value != "flag" })
		if flag && d.Default != "" && d.Default != "on" && d.Default != "off" {
			t.Errorf("%s is on or off, and its default is %q", name, d.Default)
		}
	}
	for name := range descriptions() {
		if Find(name) == None {
			t.Errorf("the description of %s is of no directive", name)
		}
	}
}
