package diag

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestPos(t *testing.T) {
	t.Parallel()
	f := NewFile("x", "ab\r\n中文x\n\xff\xfey")
	for offset, want := range map[int]Pos{
		0: {0, 1, 1}, 2: {2, 1, 3}, 4: {4, 2, 1}, 7: {7, 2, 2}, 10: {10, 2, 3}, 12: {12, 3, 1}, 13: {13, 3, 2}, 15: {15, 3, 4},
		99: {15, 3, 4}, -1: {0, 1, 1},
	} {
		if diff := cmp.Diff(want, f.Pos(offset)); diff != "" {
			t.Errorf("offset %d (-want +got):\n%s", offset, diff)
		}
	}
	if got := f.Text(f.LineSpan(1)); got != "ab" {
		t.Errorf("line 1 is %q, want it without its ending", got)
	}
	if got := f.LineSpan(9); got.Len() != 0 {
		t.Errorf("a line outside the file spans %v", got)
	}
	if got := f.LineCount(); got != 3 {
		t.Errorf("%d lines, want 3", got)
	}
}

// TestPosInALongLine compares the columns of an endless line with those that
// counting from its start gives.
func TestPosInALongLine(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("a中\xff\xe4\xb8 é𝄞", 2000)
	f := NewFile("x", "中\n"+line+"\nend")
	for at := 0; at <= len(line); at += 7 {
		want := Pos{at + 4, 2, 1 + utf8.RuneCountInString(line[:at])}
		if got := f.Pos(at + 4); got != want {
			t.Fatalf("offset %d is %v, want %v", at+4, got, want)
		}
	}
	if got, want := f.Pos(len(f.Src)), (Pos{len(f.Src), 3, 4}); got != want {
		t.Errorf("the end is %v, want %v", got, want)
	}
}

// BenchmarkPosInALongLine asks for places all over one line of a megabyte.
func BenchmarkPosInALongLine(b *testing.B) {
	src := strings.Repeat("foo bar; ", 1<<20/9)
	for b.Loop() {
		f := NewFile("x", src)
		for at := 0; at < len(src); at += 9 {
			f.Pos(at)
		}
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		edits []Edit
		want  string
		fails bool
	}{
		{"none", nil, "hello world", false},
		{"replace and insert, out of order", []Edit{{Span: Span{6, 11}, New: "all"}, {Span: Span{0, 0}, New: ">"}}, ">hello all", false},
		{"two at one place keep their order", []Edit{{Span: Span{5, 5}, New: "1"}, {Span: Span{5, 5}, New: "2"}}, "hello12 world", false},
		{"delete", []Edit{{Span: Span{5, 11}}}, "hello", false},
		{"overlap", []Edit{{Span: Span{0, 5}}, {Span: Span{4, 6}}}, "hello world", true},
		{"outside", []Edit{{Span: Span{5, 99}}}, "hello world", true},
		{"backwards", []Edit{{Span: Span{5, 2}}}, "hello world", true},
	} {
		got, err := Apply("hello world", c.edits)
		if got != c.want || (err != nil) != c.fails {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	a, b := NewFile("a", "xx"), NewFile("b", "xx")
	at := func(f *File, start int, rule, message string) Diagnostic {
		return Diagnostic{Rule: rule, Location: Location{f, Span{start, start + 1}}, Message: T(message)}
	}
	got := Sort([]Diagnostic{at(b, 0, "r", "m"), at(a, 1, "r", "m"), at(a, 0, "s", "m"), at(a, 0, "r", "m"), at(a, 0, "r", "m"), at(a, 0, "r", "n")})
	var order []string
	for _, d := range got {
		order = append(order, d.File.Name+d.Rule+d.Message.String())
	}
	if diff := cmp.Diff([]string{"arm", "arn", "asm", "arm", "brm"}, order); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	if got := T("100 % of it").String(); got != "100 % of it" {
		t.Errorf("a text without arguments is %q", got)
	}
	if got := T("%d of %s", 1, T("%q", "x")).String(); got != `1 of "x"` {
		t.Errorf("a text within a text is %q", got)
	}
	long := strings.Repeat("x", 1<<20)
	if got := T("%q and %s", "short", long).String(); len(got) > 1000 || !strings.HasSuffix(got, "x...") || !strings.HasPrefix(got, `"short" and xx`) {
		t.Errorf("a text that quotes a megabyte has %d bytes", len(got))
	}
	if _, err := ParseSeverity("fatal"); err == nil {
		t.Error("an unknown severity is read")
	}
}
