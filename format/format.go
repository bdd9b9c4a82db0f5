// Package format owns the formatting of files of both languages: what changes
// in which file, and the writing of it. The styles themselves are nginx/format
// and uwsgi/format.
package format

import (
	"errors"
	"fmt"
	"io"

	"github.com/aymanbagabas/go-udiff"

	"github.com/deployctl/deployctl/internal/atomicfile"
	"github.com/deployctl/deployctl/nginx"
	nginxformat "github.com/deployctl/deployctl/nginx/format"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/uwsgi"
	uwsgiformat "github.com/deployctl/deployctl/uwsgi/format"
)

// Error says that a file was left alone, and why.
type Error struct {
	Path         string
	Line, Column int // from 1; zero when the whole file is meant
	Reason       string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: left alone: %s", e.Path, e.Reason)
	}
	return fmt.Sprintf("%s:%d:%d: left alone: %s", e.Path, e.Line, e.Column, e.Reason)
}

// Change is a file that the style changes.
type Change struct{ Path, Old, New string }

// Text returns a source in the one style of its language. The error is an
// *Error; the text is then the source's own.
func Text(s pair.Source) (string, error) {
	if s.Language == pair.Uwsgi {
		f := uwsgi.Parse(s.Path, s.Text)
		text, err := uwsgiformat.Source(f)
		if errors.Is(err, uwsgiformat.ErrSyntax) {
			at := f.Pos(f.Errors[0].Span.Start)
			return s.Text, &Error{s.Path, at.Line, at.Column, f.Errors[0].Message.String()}
		}
		return text, whole(s, err)
	}
	f := nginx.Parse(s.Path, s.Text)
	text, err := nginxformat.Source(f)
	if errors.Is(err, nginxformat.ErrSyntax) {
		at := f.Pos(f.Errors[0].Span.Start)
		return s.Text, &Error{s.Path, at.Line, at.Column, f.Errors[0].Message.String()}
	}
	return text, whole(s, err)
}

func whole(s pair.Source, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Path: s.Path, Reason: err.Error()}
}

// Plan returns what changes in the files that paths lead to, in their order.
// The error joins an *Error for each file that is left alone, and those of
// pair.Sources; the changes of the others stand beside it. Files of a folder
// in a language without a style are passed over; files that were named are not.
func Plan(paths []string, opts pair.Options) ([]Change, error) {
	sources, err := pair.Sources(paths, opts)
	errs := []error{err}
	var changes []Change
	for _, s := range sources {
		if s.Language == pair.Uwsgi && uwsgi.FormatOf(s.Path) != uwsgi.INI && !s.Named {
			continue
		}
		text, err := Text(s)
		switch {
		case err != nil:
			errs = append(errs, err)
		case text != s.Text:
			changes = append(changes, Change{s.Path, s.Text, text})
		}
	}
	return changes, errors.Join(errs...)
}

// Diff writes a change as a unified diff.
func (c Change) Diff(w io.Writer) error {
	_, err := io.WriteString(w, udiff.Unified(c.Path, c.Path, c.Old, c.New))
	return err
}

// Write puts the new text in place of the old, atomically; the file keeps its
// mode and owner, and a link stays a link.
func (c Change) Write() error { return atomicfile.Write(c.Path, []byte(c.New), 0o644) }
