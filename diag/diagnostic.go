package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says how bad a finding is.
type Severity uint8

// The severities, in rising order. The zero value means that none was chosen.
const (
	Info Severity = iota + 1
	Warning
	Error
)

// String returns the severity's name in the command line's and the reports' words.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "none"
}

// Text returns the severity's name as a word for people.
func (s Severity) Text() Text {
	switch s {
	case Info:
		return T("info")
	case Warning:
		return T("warning")
	case Error:
		return T("error")
	}
	return T("none")
}

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, error) {
	for _, s := range []Severity{Info, Warning, Error} {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: write error, warning or info", name)
}

// Text is a message that can be shown in several languages: the English format
// is its key in the message catalogs.
type Text struct {
	Format string
	Args   []any
}

// maxQuoted is the length in bytes above which a text that a message quotes is
// cut: a file can hold a word of megabytes, and no sentence should.
const maxQuoted = 512

// T returns a text; format and args are those of fmt.Sprintf. Strings among the
// arguments that no sentence can hold are cut.
func T(format string, args ...any) Text {
	for i, a := range args {
		if s, ok := a.(string); ok && len(s) > maxQuoted {
			args = slices.Clone(args)
			args[i] = strings.ToValidUTF8(s[:maxQuoted], "") + "..."
		}
	}
	return Text{format, args}
}

// String returns the English text.
func (t Text) String() string {
	if len(t.Args) == 0 {
		return t.Format
	}
	return fmt.Sprintf(t.Format, t.Args...)
}

// IsZero tells whether there is no text.
func (t Text) IsZero() bool { return t.Format == "" }

// Location is a span in a file.
type Location struct {
	File *File
	Span Span
}

// Range returns the location's lines and columns.
func (l Location) Range() Range { return l.File.Range(l.Span) }

// Related is another place that a finding speaks of.
type Related struct {
	Location
	Message Text
}

// Diagnostic is what a rule says about a place.
type Diagnostic struct {
	Rule     string
	Severity Severity
	Location      // the tightest range that is at fault
	Message  Text // what is wrong, in the words of the field
	Why      Text // the symptom: status and log line; may be zero
	Help     Text // how to mend it; may be zero
	Related  []Related
	Fix      *Fix // nil where nothing can be mended safely
}

// Fix is a set of edits, in one or several files, that cure a finding. They are
// applied all or none.
type Fix struct {
	Message Text
	Edits   []Edit
	// Unsafe marks a fix that changes behavior on purpose.
	Unsafe bool
}

// Sort orders diagnostics by file name, line, column and rule, and drops
// those that say the same of the same place.
func Sort(ds []Diagnostic) []Diagnostic {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File.Name, b.File.Name), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Span.End, b.Span.End))
	})
	return slices.CompactFunc(ds, func(a, b Diagnostic) bool {
		return a.Rule == b.Rule && a.File.Name == b.File.Name && a.Span == b.Span && a.Message.String() == b.Message.String()
	})
}
