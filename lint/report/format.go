package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/nearest"
	"github.com/deployctl/deployctl/lint"
)

// Options say how findings are shown.
type Options struct {
	Color bool
	// Catalog is the language of the report's own words; the findings' are in
	// theirs already (lint.Result.In).
	Catalog diag.Catalog
	// Lang is the language's name, such as en.
	Lang string
	// Version is the program's own.
	Version string
	// Rules returns what there is to say of every rule; only formats that
	// describe rules ask for it.
	Rules func() []Rule
	// Own holds what a command shows of itself in place of its findings, by the
	// format's name; nil for commands that show findings only.
	Own map[string]func(io.Writer) error
}

// Rule is what a report says of a rule.
type Rule struct {
	*lint.Rule
	Summary string // in the report's language
	Text    string // the manual page's, in Markdown, without examples
}

// Format writes the findings of a run.
type Format struct {
	Name  string
	write func(io.Writer, *lint.Result, Options) error
}

// formats are all formats, in the order of their description.
var formats = []Format{
	{"text", Text},
	{"compact", func(w io.Writer, r *lint.Result, _ Options) error { return Compact(w, r) }},
	{"json", func(w io.Writer, r *lint.Result, _ Options) error { return JSON(w, r) }},
	{"sarif", SARIF},
	{"github", func(w io.Writer, r *lint.Result, _ Options) error { return GitHub(w, r) }},
	{"gitlab", func(w io.Writer, r *lint.Result, _ Options) error { return GitLab(w, r) }},
	{"junit", func(w io.Writer, r *lint.Result, _ Options) error { return JUnit(w, r) }},
	{"checkstyle", func(w io.Writer, r *lint.Result, _ Options) error { return Checkstyle(w, r) }},
	{"markdown", Markdown},
	{"errorformat", func(w io.Writer, r *lint.Result, _ Options) error { return ErrorFormat(w, r) }},
}

// Names returns the names of all formats, as a sentence lists them.
func Names() string {
	var names []string
	for _, f := range formats {
		names = append(names, f.Name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// find returns the format of a name; the error names the nearest one.
func find(name string) (Format, error) {
	var names []string
	for _, f := range formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	if near := nearest.Name(name, names); near != "" {
		return Format{}, fmt.Errorf("unknown format %q: did you mean %s?", name, near)
	}
	return Format{}, fmt.Errorf("unknown format %q: write %s", name, Names())
}
