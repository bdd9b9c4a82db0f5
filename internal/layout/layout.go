// Package layout owns what formatters of several languages share: turning the
// white space that stands between two tokens into what should stand there, and
// saying what was wrong with it.
package layout

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Fault says what an edit mends.
type Fault uint8

// The faults. Each but Spacing has a style rule.
const (
	Spacing       Fault = iota // blanks within a line
	Indent                     // blanks before a line's text
	TrailingSpace              // blanks after a line's text
	LineEnding                 // a carriage return, or no line feed at the file's end
	Semicolon                  // white space before a semicolon
	BlockLines                 // line breaks and blank lines
)

// Edit is a change of white space.
type Edit struct {
	diag.Edit
	Fault Fault
}

// Plan collects the edits that give one file its layout.
type Plan struct {
	File  *diag.File
	Edits []Edit
}

func (p *Plan) add(start, end int, text string, fault Fault) {
	p.Edits = append(p.Edits, Edit{diag.Edit{File: p.File, Span: diag.Span{Start: start, End: end}, New: text}, fault})
}

// Gap makes a span of white space read want. Within says what is wrong where
// the difference is not one of lines: Spacing or Semicolon. Each fault becomes
// an edit of its own, in the order of the text; none overlap.
func (p *Plan) Gap(span diag.Span, want string, within Fault) {
	have := p.File.Text(span)
	if have == want {
		return
	}
	breaks, wanted := strings.Count(have, "\n"), strings.Count(want, "\n")
	switch {
	case breaks > 0 && wanted > 0:
		p.lines(span.Start, have, want, wanted-breaks)
	case span.End == len(p.File.Src) && want == "\n":
		p.add(span.Start, span.End, want, LineEnding)
	case within == Semicolon:
		p.add(span.Start, span.End, want, Semicolon)
	case breaks != wanted:
		p.add(span.Start, span.End, want, BlockLines)
	case span.Start == 0:
		p.add(span.Start, span.End, want, Indent)
	default:
		p.add(span.Start, span.End, want, within)
	}
}

// lines mends a gap that has line feeds and should have some; more is how many
// are missing, or, below zero, how many there are too many.
func (p *Plan) lines(at int, have, want string, more int) {
	lines := strings.Split(have, "\n")
	last := len(lines) - 1
	keep := min(last, last+more) // lines before this one stay
	drop := at
	for i, line := range lines[:last] {
		if i < keep {
			text := strings.TrimRight(line, "\r")
			if blanks := strings.Trim(text, "\r"); blanks != "" {
				p.add(at, at+len(text), "", TrailingSpace)
			} else {
				text = ""
			}
			if len(text) < len(line) {
				p.add(at+len(text), at+len(line), "", LineEnding)
			}
		}
		at += len(line) + 1
		if i == keep-1 {
			drop = at
		}
	}
	switch {
	case more > 0:
		p.add(at, at, strings.Repeat("\n", more), BlockLines)
	case more < 0:
		p.add(drop, at, "", BlockLines)
	}
	if indent := want[strings.LastIndexByte(want, '\n')+1:]; indent != lines[last] {
		p.add(at, at+len(lines[last]), indent, Indent)
	}
}

// Apply returns the file's text with all edits made.
func (p *Plan) Apply() (string, error) {
	edits := make([]diag.Edit, len(p.Edits))
	for i, e := range p.Edits {
		edits[i] = e.Edit
	}
	return diag.Apply(p.File.Src, edits)
}
