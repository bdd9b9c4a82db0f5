package format

import (
	"errors"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/layout"
	"github.com/deployctl/deployctl/uwsgi"
)

// ErrSyntax is the error of a file that uWSGI does not read as it is plainly
// meant, and that is therefore left alone.
var ErrSyntax = errors.New("the file has syntax errors")

// ErrLanguage is the error of a file in a language that has no style here.
var ErrLanguage = errors.New("only INI files have a style: YAML, XML and JSON have formatters of their own")

// Source returns the text of a file in the one style. Comments, names and
// values stay as they are. The error is ErrSyntax or ErrLanguage, or says that
// the result would not read as the file does, which is never to be written.
func Source(f *uwsgi.File) (string, error) {
	p, err := plan(f)
	if err != nil {
		return f.Src, err
	}
	text, err := p.Apply()
	if err != nil {
		return f.Src, err
	}
	if text != f.Src && !same(f, uwsgi.Parse(f.Name, text)) {
		return f.Src, errors.New("the formatted text would not read as the file does")
	}
	return text, nil
}

// Edits returns what Source would change, each with what it mends; nil for a
// file that Source leaves alone.
func Edits(f *uwsgi.File) []layout.Edit {
	p, err := plan(f)
	if err != nil {
		return nil
	}
	return p.Edits
}

func plan(f *uwsgi.File) (*layout.Plan, error) {
	switch {
	case f.Format != uwsgi.INI:
		return nil, ErrLanguage
	case len(f.Errors) > 0:
		return nil, ErrSyntax
	}
	lines := split(f.Src)
	blank := blanks(lines)
	p := &layout.Plan{File: f.File}
	at := 0
	for i, l := range lines {
		before := "\n"
		switch {
		case i == 0:
			before = ""
		case blank[i]:
			before = "\n\n"
		}
		p.Gap(diag.Span{Start: at, End: l.text.Start}, before, layout.Spacing)
		if l.equals > 0 {
			after := " "
			if l.value == l.text.End {
				after = ""
			}
			p.Gap(diag.Span{Start: l.key, End: l.equals}, " ", layout.Spacing)
			p.Gap(diag.Span{Start: l.equals + 1, End: l.value}, after, layout.Spacing)
		}
		at = l.text.End
	}
	switch {
	case len(lines) == 0:
		p.Gap(diag.Span{Start: 0, End: len(f.Src)}, "", layout.Spacing)
	case !lines[len(lines)-1].open:
		p.Gap(diag.Span{Start: at, End: len(f.Src)}, "\n", layout.Spacing)
	}
	return p, nil
}

// blanks tells before which lines a blank line stands: where there is one
// already, and before the header of every section but the first.
func blanks(lines []line) []bool {
	blank := make([]bool, len(lines))
	first := -1 // of the comments that stand right above
	for i, l := range lines {
		blank[i] = i > 0 && l.apart
		switch {
		case l.kind == comment:
			if first < 0 || blank[i] {
				first = i
			}
			continue
		case l.kind == header && first >= 0 && !blank[i]:
			blank[first] = first > 0
		case l.kind == header:
			blank[i] = i > 0
		}
		first = -1
	}
	return blank
}

// same tells whether two files say the same: the same sections with the same
// entries in the same order. Comments do not count.
func same(a, b *uwsgi.File) bool {
	if len(a.Errors) != len(b.Errors) || len(a.Sections) != len(b.Sections) {
		return false
	}
	for i, s := range a.Sections {
		t := b.Sections[i]
		if s.Name != t.Name || len(s.Entries) != len(t.Entries) {
			return false
		}
		for j, e := range s.Entries {
			o := t.Entries[j]
			if e.Key != o.Key || e.Value != o.Value || e.HasValue != o.HasValue {
				return false
			}
		}
	}
	return true
}
