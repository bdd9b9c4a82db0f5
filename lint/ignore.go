package lint

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/uwsgi"
)

// IgnoreLine returns the edit that silences a rule for what starts at an
// offset: a comment on the line before, or one more name in the comment that
// stands there. It is false where no comment can stand: in JSON and XML, and
// after a line that a backslash continues.
func IgnoreLine(f *diag.File, offset int, rule string) (diag.Edit, bool) {
	if !hasComments(f) {
		return diag.Edit{}, false
	}
	n := f.Pos(offset).Line
	line := f.LineSpan(n)
	if n > 1 {
		before := f.LineSpan(n - 1)
		text := f.Text(before)
		if strings.HasSuffix(strings.TrimRight(text, "\r"), `\`) {
			return diag.Edit{}, false
		}
		if lead, rest, ok := strings.Cut(text, marker+" "); ok && strings.Trim(lead, "#; \t") == "" && lead != "" {
			rest = strings.TrimLeft(rest, " \t")
			names, _, _ := strings.Cut(strings.TrimRight(rest, "\r"), " ")
			at := before.End - len(rest) + len(names)
			return insert(f, at, ","+rule), names != ""
		}
	}
	text := f.Text(line)
	indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	return insert(f, line.Start, indent+"# "+marker+" "+rule+newline(f)), true
}

// IgnoreFile returns the edit that silences a rule for a whole file; false for
// languages without comments.
func IgnoreFile(f *diag.File, rule string) (diag.Edit, bool) {
	at := 0
	if strings.HasPrefix(f.Src, "\ufeff") {
		at = len("\ufeff")
	}
	return insert(f, at, "# "+marker+"-file "+rule+newline(f)), hasComments(f)
}

func insert(f *diag.File, at int, text string) diag.Edit {
	return diag.Edit{File: f, Span: diag.Span{Start: at, End: at}, New: text}
}

func hasComments(f *diag.File) bool {
	format := uwsgi.FormatOf(f.Name)
	return format != uwsgi.JSON && format != uwsgi.XML
}

// newline returns the line ending that a file uses.
func newline(f *diag.File) string {
	if n := strings.IndexByte(f.Src, '\n'); n > 0 && f.Src[n-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
