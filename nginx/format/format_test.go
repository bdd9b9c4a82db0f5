package format

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/internal/layout"
	"github.com/deployctl/deployctl/nginx"
)

// cases show the style.
var cases = []struct{ name, src, want string }{
	{"empty", "", ""},
	{"only white space", " \n\t\n", ""},
	{"only a comment", "\n  # c  ", "# c\n"},
	{"one directive a line", "a b;c d; e;", "a b;\nc d;\ne;\n"},
	{"nothing aligned", "root      /x;\nlisten\t80   default_server;\n", "root /x;\nlisten 80 default_server;\n"},
	{"semicolons", "a b ;\nc\n;\n", "a b;\nc;\n"},
	{"blocks", "http{server{listen 80;}}", "http {\n    server {\n        listen 80;\n    }\n}\n"},
	{"a brace on its own line", "http\n{\n}\nserver  {\n  }\n", "http {}\n\nserver {}\n"},
	{"tabs", "a {\n\tb {\n\t\tc;\n\t}\n}\n", "a {\n    b {\n        c;\n    }\n}\n"},
	{"carriage returns", "a;\r\n\r\nb {\r\n}\r\n# c\r\n", "a;\n\nb {}\n# c\n"},
	{"blank lines", "\n\na;\n\n\n\nb;\nc {\n\n\n d;\n\n\n}\n\n\n", "a;\n\nb;\nc {\n    d;\n}\n"},
	{"between blocks", "a {}\nb {}\nc;\nd {}\n# about e\n# more\ne {}\n# f\n\n# about g\ng {} # behind g\nh {}\n# i\nj;\n",
		"a {}\n\nb {}\nc;\nd {}\n\n# about e\n# more\ne {}\n# f\n\n# about g\ng {} # behind g\n\nh {}\n# i\nj;\n"},
	{"comments behind text", "a; # one\nb {   # two\n    c;#three\n}# four\n", "a; # one\nb { # two\n    c; #three\n} # four\n"},
	{"comments in blocks", "a {\n# one\n\n\n  # two\nb;\n      # three\n}\n", "a {\n    # one\n\n    # two\n    b;\n    # three\n}\n"},
	{"comments within directives", "a b # one\n   # two\n c # three\n;\nd # four\n{\n}\n", "a b # one\n    # two\n    c # three\n    ;\nd # four\n{}\n"},
	{"arguments on lines of their own", "log_format main '$a'\n                '$b'\n\n                '$c'\n                ;\ntypes {\n    text/html  html\n    htm;\n}\n",
		"log_format main '$a'\n    '$b'\n    '$c';\ntypes {\n    text/html html\n        htm;\n}\n"},
	{"quotes", "a \"b  c\"   'd\n   e';\nif ($x = \"y\") {}\nif ( $x = 'y' ) {}\n", "a \"b  c\" 'd\n   e';\nif ($x = \"y\") {}\n\nif ( $x = 'y' ) {}\n"},
	{"escapes", "a b\\ ;\nc d\\;  ;\n", "a b\\ ;\nc d\\;;\n"},
	{"variables", "a ${b}c   ${ENV};\n", "a ${b}c ${ENV};\n"},
	{"lua", "location / {\ncontent_by_lua_block{\n  local x   = {}  \r\n\n\n}\n  a;\n}\n", "location / {\n    content_by_lua_block {\n  local x   = {}  \r\n\n\n}\n    a;\n}\n"},
	{"a trailing dollar before a brace", "a $ {}\n", "a $ {}\n"},
}

func TestSource(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		got, err := Source(nginx.Parse("nginx.conf", c.src))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		check(t, c.src)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"a b", "a {", "a;}", "\ufeffa;", "{{ x }};", "a \"b;\n"} {
		f := nginx.Parse("nginx.conf", src)
		if got, err := Source(f); !errors.Is(err, ErrSyntax) || got != src || Edits(f) != nil {
			t.Errorf("%q becomes %q, %v; want it left alone", src, got, err)
		}
	}
}

// TestFaults checks that each edit says what it mends.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		src  string
		want []layout.Fault
	}{
		{"a  b;\n", []layout.Fault{layout.Spacing}},
		{"a b ;\n", []layout.Fault{layout.Semicolon}},
		{"a b\n;\n", []layout.Fault{layout.Semicolon}},
		{"a;  \nb;\n", []layout.Fault{layout.TrailingSpace}},
		{"# a \nb;\n", []layout.Fault{layout.TrailingSpace}},
		{"a;\r\nb;\r\n", []layout.Fault{layout.LineEnding, layout.LineEnding}},
		{"a;", []layout.Fault{layout.LineEnding}},
		{"a {\nb;\n}\n", []layout.Fault{layout.Indent}},
		{"  a;\n", []layout.Fault{layout.Indent}},
		{"a b\nc;\n", []layout.Fault{layout.Indent}},
		{"a; b;\n", []layout.Fault{layout.BlockLines}},
		{"\n\na;\n\n\n", []layout.Fault{layout.BlockLines, layout.BlockLines}},
		{"a {}\nb {}\n", []layout.Fault{layout.BlockLines}},
		{"a\n{}\n", []layout.Fault{layout.BlockLines}},
	} {
		var got []layout.Fault
		for _, e := range Edits(nginx.Parse("nginx.conf", c.src)) {
			got = append(got, e.Fault)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.src, diff)
		}
	}
}

// check formats a text and requires that it says the same afterwards, that its
// comments are all there, and that formatting once is enough.
func check(t *testing.T, src string) {
	t.Helper()
	f := nginx.Parse("nginx.conf", src)
	once, err := Source(f)
	if errors.Is(err, ErrSyntax) {
		return
	}
	if err != nil {
		t.Errorf("%q: %v", src, err)
		return
	}
	g := nginx.Parse("nginx.conf", once)
	if !same(f, g) {
		t.Errorf("%q reads differently as %q", src, once)
	}
	if diff := cmp.Diff(comments(f), comments(g)); diff != "" {
		t.Errorf("%q: comments (-before +after):\n%s", src, diff)
	}
	twice, err := Source(g)
	if err != nil || twice != once {
		t.Errorf("%q becomes %q, and then %q (%v)", src, once, twice, err)
	}
	if n := len(Edits(g)); n > 0 {
		t.Errorf("%q, formatted, has %d edits", once, n)
	}
}

func comments(f *nginx.File) []string {
	var all []string
	for c := range nginx.Comments(f.Nodes) {
		all = append(all, strings.TrimRight(f.Text(c.Span), " \t\r"))
	}
	return all
}

// fixtures returns every nginx file of the shared test data.
func fixtures(t testing.TB) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("../../testdata", func(path string, d fs.DirEntry, err error) error {
		if strings.Contains(path, "/apache/") {
			return err // Apache's files, which have the same suffix
		}
		if err == nil && (filepath.Ext(path) == ".conf" || strings.HasSuffix(path, "_params")) {
			var text []byte
			text, err = os.ReadFile(path)
			found[path] = string(text)
		}
		return err
	})
	if err != nil || len(found) < 30 {
		t.Fatalf("%d fixtures: %v", len(found), err)
	}
	return found
}

func TestFixtures(t *testing.T) {
	t.Parallel()
	for path, src := range fixtures(t) {
		check(t, src)
		if !strings.Contains(path, ".golden") {
			continue
		}
		if got, err := Source(nginx.Parse(path, src)); err != nil || got != src {
			t.Errorf("%s is rendered in another style (%v): %s", path, err, cmp.Diff(src, got))
		}
	}
}

func FuzzSource(f *testing.F) {
	for _, c := range cases {
		f.Add(c.src)
	}
	for _, src := range fixtures(f) {
		f.Add(src)
	}
	f.Fuzz(check)
}
