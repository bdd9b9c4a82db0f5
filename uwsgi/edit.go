package uwsgi

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// After returns the edit that writes lines of an INI file after that of o.
func (o *Option) After(lines ...string) diag.Edit {
	eol := o.File.LineEnding()
	end := o.Entry.Line().End
	text := strings.Join(lines, eol) + eol
	if src := o.File.Src; end > 0 && src[end-1] != '\n' {
		text = eol + text
	}
	return diag.Edit{File: o.File.File, Span: diag.Span{Start: end, End: end}, New: text}
}

// LineEnding returns what ends the file's lines.
func (f *File) LineEnding() string {
	if strings.Contains(f.Src, "\r\n") {
		return "\r\n"
	}
	return "\n"
}
