package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Suppression returns the edits that silence a finding by a comment with a
// reason: on a line of its own before the finding's, or within the comment that
// silences other rules there already. A file whose language has no comments is
// an error.
func Suppression(d diag.Diagnostic, reason string) ([]diag.Edit, error) {
	f := d.File
	switch path.Ext(f.Name) {
	case ".json", ".xml":
		return nil, diag.T("%s has no comments that silence rules; ignore the rule in the configuration", path.Base(f.Name))
	}
	reason = strings.Join(strings.Fields(strings.Map(printable, reason)), " ")
	line := f.Pos(d.Span.Start).Line
	existing, _ := suppressions(f, false)
	for _, s := range slices.Backward(existing) { // its last rule
		if s.line > 0 && (s.own && s.line == line-1 || !s.own && s.line == line) {
			end := f.LineSpan(s.line).End
			return []diag.Edit{
				{File: f, Span: diag.Span{Start: s.at.Span.End, End: s.at.Span.End}, New: "," + d.Rule},
				{File: f, Span: diag.Span{Start: end, End: end}, New: "; " + reason},
			}, nil
		}
	}
	span := f.LineSpan(line)
	text := f.Text(span)
	indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	ending := "\n"
	if strings.Contains(f.Src, "\r\n") {
		ending = "\r\n"
	}
	return []diag.Edit{{File: f, Span: diag.Span{Start: span.Start, End: span.Start}, New: indent + "# " + marker + " " + d.Rule + " " + reason + ending}}, nil
}

// printable keeps a reason on its line.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}
