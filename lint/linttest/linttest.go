// Package linttest owns what tests of rules share: linting texts, and asking
// the real nginx whether what a rule claims is true.
package linttest

import (
	"maps"
	"slices"
	"testing"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/pair"
)

// Reload returns how files that are on no disk are read, by name: those that a
// deployment is made of, and what they include.
func Reload(files map[string]string) lint.Reload {
	return func(overlay map[string]string) (*pair.Pair, error) {
		texts := maps.Clone(files)
		maps.Copy(texts, overlay)
		var paths []string
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if pair.Candidate(name) {
				paths = append(paths, name)
			}
		}
		return pair.Load(paths, pair.Options{Overlay: texts})
	}
}

// Find lints files with one rule.
func Find(t testing.TB, rule *lint.Rule, files map[string]string, opts lint.Options) []diag.Diagnostic {
	t.Helper()
	p, err := Reload(files)(nil)
	if err != nil {
		t.Fatal(err)
	}
	opts.Config.Select = []string{rule.ID}
	result := lint.Run(p, []*lint.Rule{rule}, opts)
	for _, b := range result.Broken {
		t.Fatalf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
	}
	return result.Diagnostics
}

// Mend returns the text of nginx.conf with the fixes of one rule made, unsafe
// ones too.
func Mend(t testing.TB, rule *lint.Rule, files map[string]string, opts lint.Options) string {
	t.Helper()
	opts.Config.Select = []string{rule.ID}
	fixed, err := lint.Fix(Reload(files), []*lint.Rule{rule}, opts, true)
	if err != nil {
		t.Fatal(err)
	}
	if text, ok := fixed.New[conf]; ok {
		return text
	}
	return files[conf]
}

const conf = "nginx.conf"
