package uwsgi

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/uwsgi/option"
)

// maxLines bounds what one file can cost; no real configuration comes near.
const maxLines = 1 << 19

// maxFaults bounds how many faults of one kind are reported in one file.
const maxFaults = 10_000

// mainSection is the section that uWSGI reads unless another is asked for.
const mainSection = "uwsgi"

// Parse reads a configuration file's text as uWSGI would (core/ini.c,
// uwsgi_ini_config), in the language that the suffix of name tells. It never
// fails: what is wrong stands in Errors.
func Parse(name, src string) *File {
	return parse(diag.NewFile(name, src), "", &magicVars{path: filepath.ToSlash(name), given: name})
}

// FormatOf returns the language of a file by its name's suffix; every name
// that has none of the others is INI.
func FormatOf(name string) Format {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml":
		return YAML
	case ".xml":
		return XML
	case ".json", ".js":
		return JSON
	}
	return INI
}

// parse reads src; where is its path on this machine, m the values of its
// magic variables.
func parse(src *diag.File, where string, m *magicVars) *File {
	f := &File{File: src, Path: where, Format: FormatOf(src.Name)}
	if at := strings.IndexByte(src.Src, 0); at >= 0 {
		f.fail(diag.Span{Start: at, End: at + 1}, "the file holds a NUL byte: this is no text, or text in UTF-16")
		return f
	}
	x := expand(src.Src, m)
	for _, e := range x.edits {
		if e.meaning == placed || e.meaning == unknown {
			f.magic = true
		}
	}
	f.magic = f.magic || strings.Contains(src.Src, "%x") || strings.Contains(src.Src, "%X")
	switch f.Format {
	case YAML:
		parseYAML(f, &x)
	case XML:
		parseXML(f, &x)
	case JSON:
		parseJSON(f, &x)
	default:
		parseINI(f, &x)
	}
	return f
}

func (f *File) fail(at diag.Span, format string, args ...any) *SyntaxError {
	if len(f.Errors) == maxFaults {
		return new(SyntaxError)
	}
	f.Errors = append(f.Errors, SyntaxError{Span: at, Message: diag.T(format, args...)})
	return &f.Errors[len(f.Errors)-1]
}

func (e *SyntaxError) fix(f *File, at diag.Span, text string) {
	e.Fix = append(e.Fix, diag.Edit{File: f.File, Span: at, New: text})
}

// byteOrderMark is what editors put before UTF-8 text; uWSGI takes it for part
// of the first line.
const byteOrderMark = "\xef\xbb\xbf"

// iniReader walks over the lines of an expanded text.
type iniReader struct {
	f       *File
	x       *expansion
	section *Section
	slab    []Entry
	marked  bool    // a byte order mark hides the first line
	strays  []stray // those that are not yet known to stand outside a comment
}

func parseINI(f *File, x *expansion) {
	r := &iniReader{f: f, x: x, strays: x.strays}
	text := x.text
	lines := 0
	for at := 0; at < len(text); lines++ {
		end, next := len(text), len(text)
		if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
			end, next = at+n, at+n+1
		}
		if lines == maxLines {
			f.fail(x.span(at, end), "the file has more than %d lines: the rest is not read here", maxLines)
			return
		}
		r.line(at, end, next)
		at = next
	}
	r.outside()
	r.homeless()
}

// homeless reports options above the first header, which uWSGI skips.
func (r *iniReader) homeless() {
	f := r.f
	if len(f.Sections) == 0 || f.Sections[0].Header.Len() > 0 || len(f.Sections[0].Entries) == 0 || r.marked {
		return
	}
	first := f.Sections[0].Entries[0]
	if len(f.Sections) > 1 {
		f.fail(first.KeySpan(), "options stand above the first section header: uWSGI skips them")
		return
	}
	e := f.fail(first.KeySpan(), "the file has no [%s] header: uWSGI skips every option in it", mainSection)
	e.fix(f, diag.Span{Start: first.Line().Start, End: first.Line().Start}, "["+mainSection+"]"+f.LineEnding())
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

// line reads text[at:end], which a line feed ends unless next is end.
func (r *iniReader) line(at, end, next int) {
	text := r.x.text
	first := at
	for at < end && isBlank(text[at]) {
		at++
	}
	for end > at && isBlank(text[end-1]) {
		end--
	}
	if at == end {
		return
	}
	switch text[at] {
	case '[':
		r.header(at, end)
	case ';', '#':
		r.f.Comments = append(r.f.Comments, r.x.span(at, end))
		r.strayInComment(at, next)
	default:
		r.entry(at, end, r.x.span(first, next))
	}
}

// strayInComment drops the strays of a comment, but for those that glue the
// next line to it.
func (r *iniReader) strayInComment(at, next int) {
	for len(r.strays) > 0 && r.strays[0].out < at {
		r.keepStray()
	}
	for len(r.strays) > 0 && r.strays[0].out < next {
		if r.strays[0].char == '\n' {
			r.keepStray()
			continue
		}
		r.strays = r.strays[1:]
	}
}

func (r *iniReader) keepStray() {
	r.f.strays = append(r.f.strays, r.strays[0])
	r.strays = r.strays[1:]
}

// outside takes all strays that are left.
func (r *iniReader) outside() {
	for len(r.strays) > 0 {
		r.keepStray()
	}
}

// header reads a line that begins with a bracket. The section's name is the
// rest of the line but for its last byte, whatever that is.
func (r *iniReader) header(at, end int) {
	line := r.x.text[at:end]
	name := ""
	if len(line) > 1 {
		name = line[1 : len(line)-1]
	}
	r.section = &Section{Header: r.x.span(at, end), Name: name}
	r.f.Sections = append(r.f.Sections, r.section)

	span := r.section.Header
	closing := strings.IndexByte(line, ']')
	inner := strings.TrimLeft(line, "[")
	if closing >= 0 {
		inner = line[1:closing]
	}
	meant := strings.EqualFold(strings.TrimSpace(inner), mainSection)
	switch {
	case closing < 0:
		e := r.f.fail(span, "the section header %s is not closed: uWSGI reads the section's name as %q", line, name)
		if meant {
			e.fix(r.f, span, "["+mainSection+"]")
		} else if inner != "" {
			e.fix(r.f, diag.Span{Start: span.End, End: span.End}, "]")
		}
	case closing != len(line)-1:
		e := r.f.fail(span, "text after the section header: uWSGI reads the section's name as %q and skips the options below", name)
		rest := strings.TrimLeft(line[closing+1:], " \t\r")
		if rest[0] == ';' || rest[0] == '#' {
			fixed := line[:closing+1]
			if meant {
				fixed = "[" + mainSection + "]"
			}
			e.fix(r.f, span, fixed+r.f.LineEnding()+rest)
		}
	case meant && name != mainSection:
		e := r.f.fail(span, "%s is not [%s] to uWSGI: names of sections are compared byte by byte, and the options below are skipped", line, mainSection)
		e.fix(r.f, span, "["+mainSection+"]")
	}
}

// maxSlab bounds, roughly, the number of entries that are allocated at once.
const maxSlab = 512

// entry reads a key and its value out of text[at:end]. The first = parts them.
func (r *iniReader) entry(at, end int, whole diag.Span) {
	text := r.x.text
	if r.section == nil {
		r.section = &Section{}
		r.f.Sections = append(r.f.Sections, r.section)
		if strings.HasPrefix(text[at:end], byteOrderMark) {
			r.mark(at, end)
			return
		}
	}
	if len(r.slab) == cap(r.slab) {
		// About as many as the rest of the text has lines.
		r.slab = make([]Entry, 0, 1+strings.Count(text[at:min(len(text), at+maxSlab*32)], "\n"))
	}
	r.slab = append(r.slab, Entry{})
	e := &r.slab[len(r.slab)-1]
	e.line = whole.Place()

	keyEnd, valueAt := end, end
	if eq := strings.IndexByte(text[at:end], '='); eq >= 0 {
		e.HasValue = true
		keyEnd, valueAt = at+eq, at+eq+1
		for keyEnd > at && isBlank(text[keyEnd-1]) {
			keyEnd--
		}
		for valueAt < end && isBlank(text[valueAt]) {
			valueAt++
		}
	}
	e.Key, e.Value = text[at:keyEnd], text[valueAt:end]
	e.keyPlace = r.x.span(at, keyEnd).Place()
	e.valuePlace = r.x.span(valueAt, end).Place()
	if valueAt == end {
		// An empty value stands after the = and its blanks, or after the key.
		at := e.KeySpan().End
		if e.HasValue {
			at = r.x.start(valueAt)
		}
		e.valuePlace = diag.Span{Start: at, End: at}.Place()
	}
	e.Local, e.unknown = r.x.depends(at, end)
	r.section.Entries = append(r.section.Entries, e)
	r.check(e)
}

// mark reads a first line that begins with a byte order mark. uWSGI takes the
// mark for part of the line, and whatever it is for an option of no section.
func (r *iniReader) mark(at, end int) {
	rest := r.x.text[at+len(byteOrderMark) : end]
	span := r.x.span(at, end)
	if rest == "" || rest[0] == ';' || rest[0] == '#' {
		r.f.Comments = append(r.f.Comments, span)
		return
	}
	r.marked = true
	e := r.f.fail(span, "the file begins with a UTF-8 byte order mark: uWSGI takes it for part of the line, and does not see %q", rest)
	e.fix(r.f, diag.Span{Start: span.Start, End: span.Start + len(byteOrderMark)}, "")
}

// check reports lines that uWSGI takes for options and nobody means as such.
func (r *iniReader) check(e *Entry) {
	switch {
	case strings.HasPrefix(e.Key, "{"):
		// A line of a template, which another program fills in first.
	case !e.HasValue && strings.ContainsAny(e.Key, " \t:"):
		at := strings.IndexAny(e.Key, " \t:")
		err := r.f.fail(e.KeySpan(), "the line is neither a comment nor key = value: uWSGI takes it for an option called %q", e.Key)
		if e.KeySpan().Len() == len(e.Key) && len(option.Lookup(e.Key[:at])) > 0 {
			rest := strings.TrimLeft(e.Key[at:], " \t:")
			err.fix(r.f, e.KeySpan(), e.Key[:at]+" = "+rest)
		}
	case !e.HasValue && (strings.HasPrefix(e.Key, "//") || strings.HasPrefix(e.Key, "--")):
		r.f.fail(e.KeySpan(), "the line is neither a comment nor key = value: uWSGI takes it for an option called %q", e.Key)
	case e.HasValue && e.Key == "":
		r.f.fail(e.Line(), "there is no option's name before the =")
	case strings.HasSuffix(e.Value, "\\"):
		last := diag.Span{Start: e.ValueSpan().End - 1, End: e.ValueSpan().End}
		r.f.fail(last, "a backslash does not continue the line: uWSGI keeps it as part of the value, and reads the next line as another option")
	}
}
