// Package baseline owns the file that remembers the findings of a day, so that
// a project which has many can start to fail on new ones alone.
package baseline

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/atomicfile"
	"github.com/deployctl/deployctl/lint"
)

// version is that of the format; a file of another one is not read.
const version = 1

// maxSize is the size in bytes above which no baseline is read.
const maxSize = 64 << 20

// Entry is a finding that is known, or several that are alike.
type Entry struct {
	File  string `json:"file"` // relative to the baseline's folder, with slashes
	Rule  string `json:"rule"`
	Text  string `json:"text"`  // the line of the finding, its white space squeezed
	Count int    `json:"count"` // how many there are
}

type document struct {
	Version  int     `json:"version"`
	Findings []Entry `json:"findings"`
}

// Baseline is the findings that are known.
type Baseline struct {
	path    string
	entries []Entry
}

// Read reads a baseline.
func Read(path string) (*Baseline, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no baseline %s; write one with --write-baseline %s", path, path)
	case err != nil:
		return nil, fmt.Errorf("read the baseline: %w", err)
	case !info.Mode().IsRegular() || info.Size() > maxSize:
		return nil, fmt.Errorf("%s is no baseline: a file of at most %d MiB is expected", path, maxSize>>20)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the baseline: %w", err)
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("%s is no baseline: %w", path, err)
	}
	if d.Version != version {
		return nil, fmt.Errorf("the baseline %s is of version %d, and this program reads version %d: write it again with --write-baseline", path, d.Version, version)
	}
	return &Baseline{path, d.Findings}, nil
}

// Write writes the findings of a run as a baseline, sorted and in one step. It
// returns their number.
func Write(path string, r *lint.Result) (int, error) {
	names := relative(path)
	counts := map[Entry]int{}
	for _, f := range lint.Fingerprints(r.Diagnostics) {
		counts[Entry{File: names(f.File), Rule: f.Rule, Text: f.Text}]++
	}
	d := document{version, []Entry{}}
	for e, n := range counts {
		e.Count = n
		d.Findings = append(d.Findings, e)
	}
	slices.SortFunc(d.Findings, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Text, b.Text))
	})
	err := atomicfile.WriteFrom(path, 0o644, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(d)
	})
	return len(r.Diagnostics), err
}

// Apply returns the result without the findings that are known: of those that
// are alike the first ones. It also returns the entries that can be removed:
// nothing was found of them, or less, though their rules ran over their files,
// or the files are gone.
func (b *Baseline) Apply(r *lint.Result, cfg lint.Config, rules []*lint.Rule) (*lint.Result, []Entry) {
	names := relative(b.path)
	known := map[Entry]int{}
	for _, e := range b.entries {
		known[Entry{File: e.File, Rule: e.Rule, Text: e.Text}] += e.Count
	}
	fresh := *r
	fresh.Diagnostics = make([]diag.Diagnostic, 0, len(r.Diagnostics))
	for i, f := range lint.Fingerprints(r.Diagnostics) {
		e := Entry{File: names(f.File), Rule: f.Rule, Text: f.Text}
		if known[e] > 0 {
			known[e]--
			continue
		}
		fresh.Diagnostics = append(fresh.Diagnostics, r.Diagnostics[i])
	}
	return &fresh, b.stale(known, r, cfg, rules)
}

// stale returns the entries of which something is left.
func (b *Baseline) stale(left map[Entry]int, r *lint.Result, cfg lint.Config, rules []*lint.Rule) []Entry {
	if cfg.MinSeverity > diag.Info {
		return nil // findings were left out, and which ones is not known
	}
	names := relative(b.path)
	read := map[string]bool{}
	for _, f := range r.Sources {
		read[names(f.Name)] = true
	}
	idle := map[string]bool{} // rules that did not run
	for _, rule := range rules {
		idle[rule.ID] = !cfg.Selects(rule)
	}
	var stale []Entry
	for _, e := range b.entries {
		key := Entry{File: e.File, Rule: e.Rule, Text: e.Text}
		n := left[key]
		left[key] = 0
		if n == 0 || idle[e.Rule] {
			continue
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(b.path), filepath.FromSlash(e.File))); err == nil && !read[e.File] {
			continue // the file was not linted this time
		}
		e.Count = n
		stale = append(stale, e)
	}
	return stale
}

// relative returns how a baseline names files: from its own folder.
func relative(path string) func(string) string {
	dir, err := filepath.Abs(filepath.Dir(path))
	return func(name string) string {
		abs, absErr := filepath.Abs(name)
		if err != nil || absErr != nil {
			return filepath.ToSlash(name)
		}
		if rel, err := filepath.Rel(dir, abs); err == nil {
			return filepath.ToSlash(rel)
		}
		return filepath.ToSlash(abs)
	}
}
