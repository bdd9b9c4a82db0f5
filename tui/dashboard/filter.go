package dashboard

import (
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/launch"
)

// filter chooses requests and lines of the log. All of its words have to fit:
// 404 and 5xx a status, >200 what took longer in milliseconds, others a part of
// the text; ! before a word turns it round.
type filter struct {
	source string
	words  []word
}

// word is one of a filter.
type word struct {
	text   string // in lower case
	not    bool
	status int     // of a status or its first digits; 0 for none
	slower float64 // seconds; 0 for any
}

func newFilter(source string) filter {
	f := filter{source: strings.TrimSpace(source)}
	for _, text := range strings.Fields(strings.ToLower(source)) {
		w := word{}
		w.text, w.not = strings.CutPrefix(text, "!")
		if w.text == "" {
			continue // it is still being written
		}
		if ms, ok := strings.CutPrefix(w.text, ">"); ok {
			if n, err := strconv.Atoi(strings.TrimSuffix(ms, "ms")); err == nil && n > 0 {
				w.slower = float64(n) / 1000
			}
		}
		if digits := strings.TrimRight(w.text, "x"); len(w.text) == 3 && digits != "" && digits[0] >= '1' && digits[0] <= '5' {
			if n, err := strconv.Atoi(digits); err == nil {
				w.status = n
			}
		}
		f.words = append(f.words, w)
	}
	return f
}

// request tells whether a request fits.
func (f *filter) request(a *launch.Access) bool {
	if len(f.words) == 0 {
		return true
	}
	text := strings.ToLower(a.Method + " " + a.URI + " " + a.Host + " " + a.Location + " " + a.At.String())
	for _, w := range f.words {
		fits := strings.Contains(text, w.text)
		switch {
		case w.slower > 0:
			fits = a.Took > w.slower
		case w.status > 0:
			fits = strings.HasPrefix(strconv.Itoa(a.Status), strconv.Itoa(w.status)) && a.Status >= 100
		}
		if fits == w.not {
			return false
		}
	}
	return true
}

// line tells whether a line of the log fits; a status is text there.
func (f *filter) line(e *launch.Event) bool {
	if len(f.words) == 0 {
		return true
	}
	text := strings.ToLower(e.From + " " + e.Text)
	for _, w := range f.words {
		if strings.Contains(text, w.text) == w.not {
			return false
		}
	}
	return true
}

// least is what a request has to come to, by a key of its own.
type least int

// The steps of that key.
const (
	anyStatus least = iota
	failures        // 400 and above
	faults          // 500 and above
	leasts
)

func (l least) fits(status int) bool {
	switch l {
	case failures:
		return status >= 400
	case faults:
		return status >= 500
	}
	return true
}
