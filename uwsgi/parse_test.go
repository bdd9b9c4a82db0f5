package uwsgi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/uwsgi"
)

// outline writes a file's sections and entries with their places, one a line.
func outline(f *uwsgi.File) []string {
	var lines []string
	place := func(s diag.Span) string {
		r := f.Range(s)
		return fmt.Sprintf("%d:%d-%d:%d", r.Start.Line, r.Start.Column, r.End.Line, r.End.Column)
	}
	for _, s := range f.Sections {
		lines = append(lines, fmt.Sprintf("[%s] %s", s.Name, place(s.Header)))
		for _, e := range s.Entries {
			lines = append(lines, fmt.Sprintf("%q %s = %q %s in %s", e.Key, place(e.KeySpan()), e.Value, place(e.ValueSpan()), place(e.Line())))
		}
	}
	for _, c := range f.Comments {
		lines = append(lines, "comment "+place(c))
	}
	return lines
}

func TestParsePlaces(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, src string
		want      []string
	}{
		{"ini", "[uwsgi]\n  a  =  b c  \r\n; c\nflag\nempty =\n", []string{
			`[uwsgi] 1:1-1:8`,
			`"a" 2:3-2:4 = "b c" 2:9-2:12 in 2:1-3:1`,
			`"flag" 4:1-4:5 = "" 4:5-4:5 in 4:1-5:1`,
			`"empty" 5:1-5:6 = "" 5:8-5:8 in 5:1-6:1`,
			`comment 3:1-3:4`,
		}},
		{"columns.ini", "[uwsgi]\nname = größe x\nenv = Ü=%n.é\n", []string{
			`[uwsgi] 1:1-1:8`,
			`"name" 2:1-2:5 = "größe x" 2:8-2:15 in 2:1-3:1`,
			`"env" 3:1-3:4 = "Ü=columns.é" 3:7-3:13 in 3:1-4:1`,
		}},
		{"percent moves what follows", "[uwsgi]\na = %z1%%2\nb%zc = %%\nd = 100%\ne = 2\nf = %(d)\n", []string{
			`[uwsgi] 1:1-1:8`,
			`"a" 2:1-2:2 = "1%2" 2:5-2:11 in 2:1-3:1`,
			`"bc" 3:1-3:5 = "%" 3:8-3:10 in 3:1-4:1`,
			`"d" 4:1-4:2 = "100e = 2" 4:5-5:6 in 4:1-6:1`,
			`"f" 6:1-6:2 = "%(d)" 6:5-6:9 in 6:1-7:1`,
		}},
		{"no header", "a = 1", []string{
			`[] 1:1-1:1`,
			`"a" 1:1-1:2 = "1" 1:5-1:6 in 1:1-1:6`,
		}},
		{"x.yaml", "# c\nuwsgi:\n  a: 1\n  b:\n    - x\n    - 'y z'\nother:\n  c: 2\n", []string{
			`[uwsgi] 2:1-2:6`,
			`"a" 3:3-3:4 = "1" 3:6-3:7 in 3:1-4:1`,
			`"b" 4:3-4:4 = "x" 5:7-5:8 in 5:1-6:1`,
			`"b" 4:3-4:4 = "y z" 6:7-6:12 in 6:1-7:1`,
			`[other] 7:1-7:6`,
			`"c" 8:3-8:4 = "2" 8:6-8:7 in 8:1-9:1`,
		}},
		{"x.json", "{\"uwsgi\": {\n \"a\": true,\n \"b\": [\"x\", 2]}}", []string{
			`[uwsgi] 1:2-1:9`,
			`"a" 2:2-2:5 = "1" 2:7-2:11 in 2:2-2:11`,
			`"b" 3:2-3:5 = "x" 3:8-3:11 in 3:8-3:11`,
			`"b" 3:2-3:5 = "2" 3:13-3:14 in 3:13-3:14`,
		}},
		{"x.xml", "<uwsgi>\n <a>1</a>\n <b/>\n</uwsgi>", []string{
			`[uwsgi] 1:1-1:8`,
			`"a" 2:3-2:4 = "1" 2:5-2:6 in 2:2-2:10`,
			`"b" 3:3-3:4 = "1" 3:6-3:6 in 3:2-3:6`,
		}},
	} {
		if diff := cmp.Diff(tc.want, outline(uwsgi.Parse(tc.name, tc.src))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, src, at, message, fixed string
	}{
		{"header.ini", "[uwsgi] ; main\na = 1\n", "1:1-1:15", "text after the section header", "[uwsgi]\n; main\na = 1\n"},
		{"header.ini", "[uWSGI]\na = 1\n", "1:1-1:8", "compared byte by byte", "[uwsgi]\na = 1\n"},
		{"header.ini", "[ uwsgi ]\na = 1\n", "1:1-1:10", "compared byte by byte", "[uwsgi]\na = 1\n"},
		{"header.ini", "[[uwsgi]]\na = 1\n", "1:1-1:10", "text after the section header", ""},
		{"header.ini", "[uwsgi\na = 1\n", "1:1-1:7", "not closed", "[uwsgi]\na = 1\n"},
		{"header.ini", "[uwsgi]\n[other\nb = 1\n", "2:1-2:7", "not closed", "[uwsgi]\n[other]\nb = 1\n"},
		{"mark.ini", "\xef\xbb\xbf[uwsgi]\na = 1\n", "1:1-1:9", "byte order mark", "[uwsgi]\na = 1\n"},
		{"none.ini", "; c\na = 1\nb = 2\n", "2:1-2:2", "no [uwsgi] header", "; c\n[uwsgi]\na = 1\nb = 2\n"},
		{"above.ini", "a = 1\n[uwsgi]\nb = 2\n", "1:1-1:2", "above the first section", ""},
		{"colon.ini", "[uwsgi]\nprocesses: 4\n", "2:1-2:13", "neither a comment nor", "[uwsgi]\nprocesses = 4\n"},
		{"space.ini", "[uwsgi]\nmaster true\n", "2:1-2:12", "neither a comment nor", "[uwsgi]\nmaster = true\n"},
		{"prose.ini", "[uwsgi]\nthis is my server\n", "2:1-2:18", "neither a comment nor", ""},
		{"slashes.ini", "[uwsgi]\n//master\n", "2:1-2:9", "neither a comment nor", ""},
		{"nokey.ini", "[uwsgi]\n = 3\n", "2:1-3:1", "no option's name", ""},
		{"backslash.ini", "[uwsgi]\nenv = A=\\\n  b\n", "2:9-2:10", "does not continue", ""},
		{"binary.ini", "[uwsgi]\x00\n", "1:8-1:9", "NUL", ""},
		{"bad.yaml", "uwsgi:\n\ta: 1\n", "2:1-2:6", "no YAML", ""},
		{"list.yaml", "- a\n", "1:1-1:1", "no mapping", ""},
		{"deep.yaml", "uwsgi:\n  a:\n    b: 1\n", "2:3-2:4", "holds a mapping", ""},
		{"bad.json", "{\"uwsgi\": {\"a\": 1,}}", "1:18-1:19", "no JSON", ""},
		{"short.json", "{\"uwsgi\": {\"a\": 1", "1:17-1:18", "no JSON", ""},
		{"list.json", "[1]", "1:1-1:2", "no object", ""},
		{"bad.xml", "<uwsgi><a>1</uwsgi>", "1:19-1:20", "no XML", ""},
		{"deep.xml", "<uwsgi><a><b>1</b></a></uwsgi>", "1:11-1:14", "nested", ""},
	} {
		f := uwsgi.Parse(tc.name, tc.src)
		if len(f.Errors) != 1 {
			t.Errorf("%q: %d errors, want 1: %v", tc.src, len(f.Errors), f.Errors)
			continue
		}
		e := f.Errors[0]
		r := f.Range(e.Span)
		if at := fmt.Sprintf("%d:%d-%d:%d", r.Start.Line, r.Start.Column, r.End.Line, r.End.Column); at != tc.at {
			t.Errorf("%q: error at %s, want %s", tc.src, at, tc.at)
		}
		if !strings.Contains(e.Message.String(), tc.message) {
			t.Errorf("%q: message %q lacks %q", tc.src, e.Message, tc.message)
		}
		fixed := ""
		if len(e.Fix) > 0 {
			var err error
			if fixed, err = diag.Apply(tc.src, e.Fix); err != nil {
				t.Error(err)
			}
			if again := uwsgi.Parse(tc.name, fixed); len(again.Errors) > 0 {
				t.Errorf("%q: the fix leaves %v", tc.src, again.Errors)
			}
		}
		if fixed != tc.fixed {
			t.Errorf("%q: fixed to %q, want %q", tc.src, fixed, tc.fixed)
		}
	}
	for _, good := range []string{"", "[uwsgi]\n", "[uwsgi]\nmaster\n", "; x\n\n[a]\nb=1\n", "\xef\xbb\xbf# c\n[uwsgi]\na=1\n", "[app:main]\nuse = egg:x\n"} {
		if f := uwsgi.Parse("x.ini", good); len(f.Errors) > 0 {
			t.Errorf("%q: %v", good, f.Errors)
		}
	}
}

func TestSpansStayInside(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"%", "%%", "[%z]%z=%z", "a%\n%\n%", "[uwsgi]\n%z%z = %z%z\n%z", "%d=%d", "%(=%(", ";%\n;%z\n[%"} {
		checkSpans(t, uwsgi.Parse("/srv/app/x.ini", src))
	}
}

// checkSpans fails when a span leaves its file or ends before it starts.
func checkSpans(t *testing.T, f *uwsgi.File) {
	t.Helper()
	check := func(what string, s diag.Span) {
		if s.Start < 0 || s.End < s.Start || s.End > len(f.Src) {
			t.Errorf("%q: %s %v lies outside %d bytes", f.Src, what, s, len(f.Src))
		}
	}
	for _, s := range f.Sections {
		check("header", s.Header)
		for _, e := range s.Entries {
			check("key", e.KeySpan())
			check("value", e.ValueSpan())
			check("line", e.Line())
		}
	}
	for _, c := range f.Comments {
		check("comment", c)
	}
	for _, e := range f.Errors {
		check("error", e.Span)
		for _, x := range e.Fix {
			check("fix", x.Span)
		}
	}
}
