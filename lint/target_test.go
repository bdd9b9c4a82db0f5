package lint

import "testing"

func TestNginxAtLeast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target, release string
		want            bool
	}{
		{"1.22.1", "1.22.1", true},
		{"1.22.1", "1.22.2", false},
		{"1.22.1", "1.9.13", true},
		{"1.25", "1.25.1", false},
		{"", "1.30.0", true},
		{"", "1.31.0", false},
	} {
		if got := (Target{Nginx: c.target}).NginxAtLeast(c.release); got != c.want {
			t.Errorf("a target of %q is at least %s: %v", c.target, c.release, got)
		}
	}
}

func TestCheckRelease(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{"1.22.1": true, "2.0": true, "1": false, "": false, "1.22.x": false, "v1.22.1": false, "1.22.": false} {
		if err := CheckRelease(text); (err == nil) != ok {
			t.Errorf("CheckRelease(%q) = %v", text, err)
		}
	}
}
