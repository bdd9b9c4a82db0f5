// Package pcre owns regular expressions as nginx reads them: PCRE on bytes,
// without UTF-8 mode, with PCRE's own numbering of groups.
package pcre

import (
	"errors"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// Timeout bounds one match by a backtracking expression. PCRE has a limit of
// steps instead, above which nginx answers 500.
const Timeout = 100 * time.Millisecond

// ErrUnsupported is wrapped by the errors about what PCRE reads and this
// package does not: recursion, callouts, branch reset, verbs, \K and \C.
var ErrUnsupported = errors.New("not supported")

// Regexp is a compiled expression. It may be used by several goroutines.
type Regexp struct {
	// Names holds the name of each group, counted from 1; Names[0] is "".
	Names []string

	translated translation
	fast       *regexp.Regexp // nil where the expression has to backtrack
	once       sync.Once
	slow       *regexp2.Regexp
	slowErr    error
}

// Compile reads an expression. The error says what PCRE says of it, as far as
// the parser knows it; it wraps ErrUnsupported where PCRE would take it.
func Compile(pattern string, ignoreCase bool) (*Regexp, error) {
	t, err := translate(pattern, ignoreCase)
	if err != nil {
		return nil, err
	}
	r := &Regexp{Names: t.names, translated: t}
	if !t.backtracks {
		// Go's engine takes time linear in the text. Both agree on whether an
		// expression without lookaround and back references matches.
		if r.fast, err = regexp.Compile(t.linear); err == nil {
			return r, nil
		}
	}
	if _, err := r.backtracking(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Regexp) backtracking() (*regexp2.Regexp, error) {
	r.once.Do(func() {
		r.slow, r.slowErr = regexp2.Compile(r.translated.backtracking, regexp2.None)
		if r.slow != nil {
			r.slow.MatchTimeout = Timeout
		}
	})
	return r.slow, r.slowErr
}

// Match tells whether the expression matches somewhere in text. The error is
// that of a match that took longer than Timeout.
func (r *Regexp) Match(text string) (bool, error) {
	if r.linear(text) {
		return r.fast.MatchString(latin1(text)), nil
	}
	slow, err := r.backtracking()
	if err != nil {
		return false, err
	}
	return slow.MatchRunes(runes(text))
}

// Find returns the text of the leftmost match and of each group, nil when there
// is none. A group that took no part is empty, as nginx's $1 is.
func (r *Regexp) Find(text string) ([]string, error) {
	if r.linear(text) {
		groups := r.fast.FindStringSubmatch(latin1(text))
		for i := range groups {
			groups[i] = narrow(groups[i])
		}
		return groups, nil
	}
	slow, err := r.backtracking()
	if err != nil {
		return nil, err
	}
	m, err := slow.FindRunesMatch(runes(text))
	if m == nil || err != nil {
		return nil, err
	}
	groups := make([]string, len(r.Names))
	for i := range groups {
		if g := m.GroupByNumber(i); g != nil {
			groups[i] = narrow(g.String())
		}
	}
	return groups, nil
}

// linear tells whether Go's engine answers for this text. A $ also matches
// before a final line feed, which it cannot say.
func (r *Regexp) linear(text string) bool {
	return r.fast != nil && !(r.translated.dollar && strings.HasSuffix(text, "\n"))
}

// latin1 makes a character of each byte.
func latin1(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	if i == len(s) {
		return s
	}
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = utf8.AppendRune(b, rune(s[i]))
	}
	return string(b)
}

// narrow undoes latin1.
func narrow(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	if i == len(s) {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func runes(s string) []rune {
	out := make([]rune, len(s))
	for i := range len(s) {
		out[i] = rune(s[i])
	}
	return out
}
