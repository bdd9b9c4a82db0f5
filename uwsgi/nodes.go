package uwsgi

import (
	"sync"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// File is one configuration file, line by line, before anything is resolved.
type File struct {
	*diag.File
	Path     string // where it was read from on this machine, or ""
	Format   Format
	Sections []*Section // in order; keys before any header stand in a section with an empty Name and Header
	Comments []diag.Span
	Errors   []SyntaxError

	strays []stray // the % that delete what follows
	magic  bool    // what it says depends on its path, or on the machine
}

// Format is the language a file is written in; uWSGI goes by the name's suffix.
type Format uint8

// The formats that are read.
const (
	INI Format = iota
	YAML
	XML
	JSON
)

// SyntaxError is a place that uWSGI reads as something other than what is
// plainly meant, or refuses.
type SyntaxError struct {
	Span    diag.Span
	Message diag.Text
	// Fix holds the edits that mend it; empty when there is no certain one.
	Fix []diag.Edit
}

// Section is a header and the entries below it.
type Section struct {
	Header  diag.Span // the whole header, brackets included
	Name    string
	Entries []*Entry
}

// Entry is one key with its value, as written.
type Entry struct {
	keyPlace, valuePlace, line diag.Place // see KeySpan, ValueSpan and Line
	Key                        string     // after the % pass
	Value                      string     // after the % pass, before placeholders
	HasValue                   bool       // there is a "="
	// Local tells that the % pass put something into Key or Value that depends
	// on where the file lies or on the machine it is read on (%d, %h, ...).
	Local bool

	unknown bool // it holds a variable whose value is not known here
}

// KeySpan returns where the key stands.
func (e *Entry) KeySpan() diag.Span { return e.keyPlace.Span() }

// ValueSpan returns where the value stands; it is empty, after the key, when
// there is no "=".
func (e *Entry) ValueSpan() diag.Span { return e.valuePlace.Span() }

// Line returns the line or lines, with the line ending, that a deletion would
// remove.
func (e *Entry) Line() diag.Span { return e.line.Span() }

// Config is a file with everything it includes, as uWSGI would apply it.
type Config struct {
	Main     *File
	Files    []*File // Main first
	Options  []*Option
	Problems []Problem
	Section  string // the section that was asked for: uwsgi, unless told otherwise

	once  sync.Once
	index map[string][]*Option // by what they set; see All
}

// Option is one setting that takes effect, in the order in which uWSGI applies them.
type Option struct {
	Entry *Entry
	File  *File
	Info  *option.Option // nil when the name is unknown
	Key   string
	Value string // everything resolved that can be
	// Unresolved tells that the value holds a placeholder, environment
	// variable or file content that cannot be known here.
	Unresolved bool
	// Maybe tells that it stands under a condition that cannot be decided here.
	Maybe bool
}

// ProblemKind says what kind of fault a Problem is, so that a rule can own it.
type ProblemKind uint8

// The kinds of problems found while a file is resolved.
const (
	MissingInclude ProblemKind = iota
	IncludeCycle
	UndefinedPlaceholder
	ImmediatePlaceholder // an immediate option with a placeholder
	BadLogic             // nested or unclosed logic
	IgnoredSection
	StrayPercent   // a % that deletes what follows it, or the line's end
	Unsupported    // a format or scheme that is not read here
	MissingSection // the section that is asked for is not in the file, or is empty
	TooLarge       // more options or files than are read here
)

// Problem is a fault found while a file is resolved.
type Problem struct {
	Kind    ProblemKind
	File    *File
	Span    diag.Span
	Message diag.Text
	Fix     []diag.Edit
	// Refused tells that uWSGI ends here, where its kind does not say so.
	Refused bool
}

// KeyLocation returns the place of the option's name.
func (o *Option) KeyLocation() diag.Location {
	return diag.Location{File: o.File.File, Span: o.Entry.KeySpan()}
}

// ValueLocation returns the place of the option's value; of the name, when the value is empty.
func (o *Option) ValueLocation() diag.Location {
	if o.Entry.ValueSpan().Len() == 0 {
		return o.KeyLocation()
	}
	return diag.Location{File: o.File.File, Span: o.Entry.ValueSpan()}
}
