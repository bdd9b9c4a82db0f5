package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/mattn/go-runewidth"
)

// maxExcerpt is the width, in terminal cells, of the source line shown with a
// finding; longer ones are cut around the place.
const maxExcerpt = 120

// Text writes findings for people: grouped by file, each with the source line
// and a mark under the place, and a line with the totals at the end.
func Text(w io.Writer, r *lint.Result, opts Options) error {
	b := bufio.NewWriter(w)
	p := painter{opts.Color, opts.Catalog}
	for i, d := range r.Diagnostics {
		if i > 0 {
			b.WriteByte('\n')
		}
		Diagnostic(b, d, opts)
	}
	if len(r.Diagnostics) > 0 {
		b.WriteByte('\n')
	}
	fmt.Fprintln(b, p.bold(Summary(r).In(opts.Catalog).String()))
	return b.Flush()
}

// Diagnostic writes one finding.
func Diagnostic(w io.Writer, d diag.Diagnostic, opts Options) {
	p := painter{opts.Color, opts.Catalog}
	at := d.File.Pos(d.Span.Start)
	fmt.Fprintf(w, "%s: %s: %s %s\n", p.bold(fmt.Sprintf("%s:%d:%d", clean(d.File.Name), at.Line, at.Column)),
		p.severity(d.Severity), clean(d.Message.String()), p.dim("["+d.Rule+"]"))
	excerpt(w, d, at, p)
	for _, r := range d.Related {
		at := r.File.Pos(r.Span.Start)
		fmt.Fprintf(w, "  %s %s:%d:%d: %s\n", p.word(diag.T("see")), clean(r.File.Name), at.Line, at.Column, clean(r.Message.String()))
	}
	if !d.Why.IsZero() {
		fmt.Fprintf(w, "  %s %s\n", p.word(diag.T("why")), clean(d.Why.String()))
	}
	if !d.Help.IsZero() {
		fmt.Fprintf(w, "  %s %s\n", p.word(diag.T("fix")), clean(d.Help.String()))
	}
}

// excerpt writes the source line with its number, and marks under the span.
func excerpt(w io.Writer, d diag.Diagnostic, at diag.Pos, p painter) {
	line := d.File.LineSpan(at.Line)
	if line.Len() == 0 {
		return
	}
	from, to := d.Span.Start-line.Start, min(d.Span.End, line.End)-line.Start
	text := d.File.Text(line)
	from = min(from, len(text))
	to = max(to, from)
	text, from, to = cut(text, from, to)
	number := fmt.Sprint(at.Line)
	fmt.Fprintf(w, "  %s %s %s\n", p.dim(number), p.dim("|"), expand(text))
	marks := max(1, runewidth.StringWidth(expand(text[from:to])))
	fmt.Fprintf(w, "  %s %s %s%s\n", strings.Repeat(" ", len(number)), p.dim("|"),
		strings.Repeat(" ", runewidth.StringWidth(expand(text[:from]))), p.mark(d.Severity, strings.Repeat("^", marks)))
}

// cut shortens a long line around the bytes [from,to).
func cut(text string, from, to int) (string, int, int) {
	if len(text) <= maxExcerpt {
		return text, from, to
	}
	start := max(0, from-maxExcerpt/3)
	end := min(len(text), start+maxExcerpt)
	for start > 0 && !utf8.RuneStart(text[start]) {
		start--
	}
	for end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	to = max(from, min(to, end))
	cutText, shift := text[start:end], -start
	if start > 0 {
		cutText, shift = "..."+cutText, shift+3
	}
	if end < len(text) {
		cutText += "..."
	}
	return cutText, from + shift, to + shift
}

// expand shows a tab as four spaces and everything that could drive a terminal
// as a question mark.
func expand(s string) string { return clean(strings.ReplaceAll(s, "\t", "    ")) }

// clean replaces control characters and bytes that are no UTF-8, so that a
// hostile file cannot drive the terminal.
func clean(s string) string {
	ok := true
	for _, r := range s {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == utf8.RuneError || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			ok = false
			break
		}
	}
	if ok {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == utf8.RuneError || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, s)
}

// Summary returns the line of totals.
func Summary(r *lint.Result) diag.Text {
	errors, warnings, infos := r.Counts()
	files := diag.T("%d files", r.Files)
	if r.Files == 1 {
		files = diag.T("1 file")
	}
	var found diag.Text
	add := func(n int, one, many diag.Text) {
		switch {
		case n == 0:
			return
		case n == 1:
			many = one
		}
		if !found.IsZero() {
			many = diag.T("%s, %s", found, many)
		}
		found = many
	}
	add(errors, diag.T("1 error"), diag.T("%d errors", errors))
	add(warnings, diag.T("1 warning"), diag.T("%d warnings", warnings))
	add(infos, diag.T("1 info"), diag.T("%d infos", infos))
	if found.IsZero() {
		return diag.T("no findings in %s", files)
	}
	fixable := 0
	for _, d := range r.Diagnostics {
		if d.Fix != nil && !d.Fix.Unsafe {
			fixable++
		}
	}
	if fixable > 0 {
		return diag.T("%s in %s (%d fixable with --fix)", found, files, fixable)
	}
	return diag.T("%s in %s", found, files)
}

// painter colors text when it is told to, and knows the language.
type painter struct {
	on      bool
	catalog diag.Catalog
}

func (p painter) paint(code, s string) string {
	if !p.on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p painter) bold(s string) string { return p.paint("1", s) }
func (p painter) dim(s string) string  { return p.paint("2", s) }

func (p painter) mark(s diag.Severity, text string) string {
	switch s {
	case diag.Error:
		return p.paint("31;1", text)
	case diag.Warning:
		return p.paint("33;1", text)
	}
	return p.paint("36;1", text)
}

func (p painter) word(t diag.Text) string { return p.dim(t.In(p.catalog).String()) }

func (p painter) severity(s diag.Severity) string {
	return p.mark(s, s.Text().In(p.catalog).String())
}
