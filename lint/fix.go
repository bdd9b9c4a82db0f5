package lint

import (
	"errors"
	"maps"

	"github.com/deployctl/deployctl/pair"
)

// maxRounds bounds how often fixes may make room for further fixes. Each round
// makes all that do not touch each other; lines that go to the same place come
// one a round.
const maxRounds = 100

// Reload reads a pair again, with the texts of some files, by name, in place of
// what is on disk.
type Reload func(overlay map[string]string) (*pair.Pair, error)

// Fixed is what fixing a pair came to.
type Fixed struct {
	// Old and New hold the texts of the files that changed, by name.
	Old, New map[string]string
	// Applied counts the findings that were mended.
	Applied int
	// Dropped counts the fixes that were not made because a file would have
	// read worse than before.
	Dropped int
	// Result is the lint of the new texts.
	Result *Result
}

// Fix applies the fixes of a pair's findings until nothing changes. The edits
// of one finding are made all or none; a fix that touches one already made
// waits for the next round. A fix after which a file reads worse than before,
// that is with more syntax errors or as no configuration at all, is not made;
// the others are.
func Fix(reload Reload, rules []*Rule, opts Options, unsafe bool) (*Fixed, error) {
	f := &Fixed{Old: map[string]string{}, New: map[string]string{}}
	p, err := reload(nil)
	if err != nil {
		return nil, err
	}
	f.Result = Run(p, rules, opts)
	seen := []map[string]string{f.New}
	lost := map[string]bool{} // files that fixes would make no configuration at all
	for range maxRounds {
		fixes, left := choose(f.Result.Diagnostics, unsafe, lost)
		round := apply(fixes, errorCounts(p))
		f.Dropped = round.dropped + left
		if len(round.texts) == 0 {
			break
		}
		texts := maps.Clone(f.New)
		maps.Copy(texts, round.texts)
		for _, file := range f.Result.Sources {
			_, changes := round.texts[file.Name]
			if _, ok := f.Old[file.Name]; changes && !ok {
				f.Old[file.Name] = file.Src
			}
		}
		maps.DeleteFunc(texts, func(name, text string) bool { return text == f.Old[name] })
		next, err := reload(texts)
		if err != nil && !errors.Is(err, pair.ErrNothing) {
			return nil, err
		}
		if missing(next, round.texts, lost) {
			continue
		}
		p, f.New, f.Result = next, texts, Run(next, rules, opts)
		f.Applied += round.made
		if contains(seen, texts) {
			break // fixes that undo each other
		}
		seen = append(seen, texts)
	}
	maps.DeleteFunc(f.Old, func(name, _ string) bool { _, ok := f.New[name]; return !ok })
	return f, nil
}

// contains tells whether the texts were there before.
func contains(seen []map[string]string, texts map[string]string) bool {
	for _, s := range seen {
		if maps.Equal(s, texts) {
			return true
		}
	}
	return false
}

// missing notes in lost which of the files that changed are no part of a pair
// any more, and tells whether there are any.
func missing(p *pair.Pair, changed map[string]string, lost map[string]bool) bool {
	names := map[string]bool{}
	for _, f := range sources(p) {
		names[f.Name] = true
	}
	found := false
	for name := range changed {
		if !names[name] {
			lost[name] = true
			found = true
		}
	}
	return found
}
