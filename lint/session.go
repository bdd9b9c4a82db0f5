package lint

import (
	"errors"
	"maps"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/pair"
)

// Session mends the findings of a pair one at a time, as a person chooses. It
// changes texts in memory; Fixed hands them over to be written.
type Session struct {
	reload Reload
	rules  []*Rule
	opts   Options
	now    state
	past   []state // before each change
}

// state is what a session has come to.
type state struct {
	pair               *pair.Pair
	result             *Result
	old, texts         map[string]string // of the files that changed, by name
	mended, suppressed int
}

// NewSession lints a pair.
func NewSession(reload Reload, rules []*Rule, opts Options) (*Session, error) {
	p, err := reload(nil)
	if err != nil {
		return nil, err
	}
	s := &Session{reload: reload, rules: rules, opts: opts}
	s.now = state{pair: p, result: Run(p, rules, opts), old: map[string]string{}, texts: map[string]string{}}
	return s, nil
}

// Result is the lint of the texts as they are now.
func (s *Session) Result() *Result { return s.now.result }

// Counts returns how many findings were mended and how many suppressed.
func (s *Session) Counts() (mended, suppressed int) { return s.now.mended, s.now.suppressed }

// Fixed returns what the session came to, to be shown or written.
func (s *Session) Fixed() *Fixed {
	f := &Fixed{Old: maps.Clone(s.now.old), New: maps.Clone(s.now.texts), Applied: s.now.mended, Result: s.now.result}
	maps.DeleteFunc(f.New, func(name, text string) bool { return text == f.Old[name] })
	return f
}

// Accept makes the fix of a finding of the result. Where a file would read
// worse than before nothing changes, and the error says so.
func (s *Session) Accept(d diag.Diagnostic) error {
	if d.Fix == nil {
		return diag.T("the finding has no fix")
	}
	next, err := s.with(d.Fix)
	if err != nil {
		return err
	}
	next.mended++
	s.past, s.now = append(s.past, s.now), next
	return nil
}

// Suppress silences a finding of the result by a comment.
func (s *Session) Suppress(d diag.Diagnostic, reason string) error {
	edits, err := Suppression(d, reason)
	if err != nil {
		return err
	}
	next, err := s.with(&diag.Fix{Edits: edits})
	if err != nil {
		return err
	}
	if next.result.Suppressed <= s.now.result.Suppressed {
		return diag.T("no comment above line %d reaches the finding", d.File.Pos(d.Span.Start).Line)
	}
	next.suppressed++
	s.past, s.now = append(s.past, s.now), next
	return nil
}

// Undo takes the last change back; it tells whether there was one.
func (s *Session) Undo() bool {
	n := len(s.past) - 1
	if n < 0 {
		return false
	}
	s.now, s.past = s.past[n], s.past[:n]
	return true
}

// with returns the state after edits.
func (s *Session) with(fix *diag.Fix) (state, error) {
	done := apply([]*diag.Fix{fix}, errorCounts(s.now.pair))
	if len(done.texts) == 0 {
		return state{}, diag.T("a file would read worse than before")
	}
	next := state{old: maps.Clone(s.now.old), texts: maps.Clone(s.now.texts), mended: s.now.mended, suppressed: s.now.suppressed}
	maps.Copy(next.texts, done.texts)
	for _, f := range s.now.result.Sources {
		_, changes := done.texts[f.Name]
		if _, ok := next.old[f.Name]; changes && !ok {
			next.old[f.Name] = f.Src
		}
	}
	p, err := s.reload(next.texts)
	if err != nil && !errors.Is(err, pair.ErrNothing) {
		return state{}, err
	}
	if missing(p, done.texts, map[string]bool{}) {
		return state{}, diag.T("a file would read worse than before")
	}
	next.pair, next.result = p, Run(p, s.rules, s.opts)
	return next, nil
}

// FixDiff returns what a fix changes, as a unified difference of each file.
func FixDiff(fix *diag.Fix) string {
	edits := map[string][]diag.Edit{}
	var files []*diag.File
	for _, e := range fix.Edits {
		if _, ok := edits[e.File.Name]; !ok {
			files = append(files, e.File)
		}
		edits[e.File.Name] = append(edits[e.File.Name], e)
	}
	var b strings.Builder
	for _, f := range files {
		if text, err := diag.Apply(f.Src, edits[f.Name]); err == nil {
			b.WriteString(udiff.Unified(f.Name, f.Name, f.Src, text))
		}
	}
	return b.String()
}
