package nginx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cases serve the parser, the printer and the comparison with the real nginx.
var cases = []struct {
	name   string
	src    string
	tree   string   // name(arg|arg){...}; quotes shown by what nginx sees
	errors []string // line:column: message
}{
	{name: "empty"},
	{name: "comment only", src: "# nothing\n"},
	{name: "one directive", src: "a b;", tree: "a(b)"},
	{name: "crlf", src: "a b;\r\nc d;\r\n", tree: "a(b) c(d)"},
	{name: "block", src: "a {\n\tb c;\n}\n", tree: "a{b(c)}"},
	{name: "brace after argument", src: "a b{c d;}", tree: "a(b){c(d)}"},
	{name: "double quotes", src: `a "b c";`, tree: "a(b c)"},
	{name: "single quotes", src: `a 'b;{}c';`, tree: "a(b;{}c)"},
	{name: "escapes", src: `a "x\"y\\z\t\d" b\ c\;;`, tree: "a(x\"y\\z\t\\d|b\\ c\\;)"},
	{name: "variable braces", src: "a ${b}c;", tree: "a(${b}c)"},
	{name: "doubled brace of a variable", src: "a ${{b}};", tree: "a(${{b}})"},
	{name: "hash inside a word", src: "a b#c; # d", tree: "a(b#c)"},
	{name: "comment inside a directive", src: "a b # no\n c;", tree: "a(b|c)"},
	{name: "parenthesis after quote", src: `a ("b" = "c") {}`, tree: `a(("b"|=|c|)){}`},
	{name: "parenthesis glued to quote", src: `a "b");`, tree: `a(b|))`},
	{name: "bytes that are no UTF-8", src: "a \xff\xfe;", tree: "a(\xff\xfe)"},
	{name: "nul", src: "a b\x00c;", tree: "a(b\x00c)"},
	{name: "quote in the middle", src: `a b"c;`, tree: `a(b"c)`},
	{name: "empty argument", src: `a "" '';`, tree: "a(|)"},
	{name: "line feed in quotes", src: "a 'b\nc';", tree: "a(b\nc)"},

	{name: "missing semicolon at the end", src: "a b", tree: "a(b)", errors: []string{`1:3: the directive "a" is not terminated by ";"`}},
	{name: "missing semicolon before a brace", src: "a {\n  b c\n}\n", tree: "a{b(c)}", errors: []string{`2:5: the directive "b" is not terminated by ";"`}},
	{name: "stray semicolon", src: "a;;b;", tree: "a b", errors: []string{`1:3: unexpected ";": there is no directive before it`}},
	{name: "stray brace", src: "a;}\nb;", tree: "a b", errors: []string{`1:3: unexpected "}": no block is open`}},
	{name: "block without a name", src: "{}", tree: "", errors: []string{`1:1: unexpected "{": there is no directive before it`, `1:2: unexpected "}": no block is open`}},
	{name: "unclosed block", src: "a b {\n c;\n", tree: "a(b){c}", errors: []string{`1:5: the block of "a b" that opens here is not closed`}},
	{name: "text after a quote", src: `a "b"c;`, tree: "a(b|c)", errors: []string{`1:6: unexpected 'c' after a closing quote: white space, ";" or "{" has to follow`}},
	{name: "unclosed quote", src: "a \"b;\nc d;\n", tree: "a(b) c(d)", errors: []string{`1:3: the quote " is not closed`}},
	{name: "unclosed quote before another", src: "log_format \"b;\nroot \"d\";\n", tree: "log_format(b) root(d)", errors: []string{`1:12: the quote " is not closed`}},
	{name: "byte order mark", src: "\ufeffa;", tree: "a", errors: []string{`1:1: the file starts with a byte order mark, which nginx takes for a part of the first word`}},
	{name: "next directive on the next line", src: "server {\n  listen 80\n  server_name x;\n}\n", tree: "server{listen(80) server_name(x)}",
		errors: []string{`2:11: the directive "listen" is not terminated by ";"`}},
	{name: "stray word before a block", src: "2 http {\n}\n", tree: "http{}", errors: []string{`1:1: unexpected "2" before "http"`}},
	{name: "a server within a server", src: "http {\n  server {\n    listen 80;\n  server {\n    listen 81;\n  }\n}\n", tree: "http{server{listen(80)} server{listen(81)}}",
		errors: []string{`2:10: the block of "server" that opens here is not closed`}},
	{name: "a brace further out", src: "http {\n  map a b {\n    c d;\n  server {\n  }\n}\n", tree: "http{map(a|b){c(d)} server{}}",
		errors: []string{`2:11: the block of "map a b" that opens here is not closed`}},
	{name: "lua", src: "content_by_lua_block {\n local s = \"}\" -- }\n --[[ } ]] if x then t = {1} end\n local l = [=[ }]] ]=]\n}\na;", tree: "content_by_lua_block{lua} a"},
	{name: "unclosed lua", src: "content_by_lua_block { {}", tree: "content_by_lua_block{lua}", errors: []string{`1:22: the block of "content_by_lua_block" that opens here is not closed`}},
	{name: "block in a map", src: "map a b { c { } }", tree: "map(a|b){c{}}", errors: []string{`1:13: unexpected "{": a "map" block holds entries, and no blocks`}},
}

// sketch writes a tree in the notation of the cases.
func sketch(nodes []Node) string {
	var parts []string
	for d := range Directives(nodes) {
		s := d.Name.Value
		if len(d.Args) > 0 {
			var args []string
			for _, a := range d.Args {
				args = append(args, a.Value)
			}
			s += "(" + strings.Join(args, "|") + ")"
		}
		if d.Block != nil && d.Block.Raw {
			s += "{lua}"
		} else if d.Block != nil {
			s += "{" + sketch(d.Block.Nodes) + "}"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func errorLines(f *File) []string {
	var lines []string
	for _, e := range f.Errors {
		at := f.Pos(e.Span.Start)
		lines = append(lines, strings.Join([]string{itoa(at.Line), itoa(at.Column), " " + e.Message.String()}, ":"))
	}
	return lines
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func printed(t testing.TB, f *File) string {
	var b strings.Builder
	if err := Print(&b, f); err != nil {
		t.Fatalf("print %q: %v", f.Src, err)
	}
	return b.String()
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := Parse("nginx.conf", c.src)
			if got := sketch(f.Nodes); got != c.tree {
				t.Errorf("tree %q, want %q", got, c.tree)
			}
			if diff := cmp.Diff(c.errors, errorLines(f)); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if got := printed(t, f); got != c.src {
				t.Errorf("printed %q, want %q", got, c.src)
			}
		})
	}
}

func TestTutorialAsPasted(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../testdata/pairs/tutorial/nginx-as-pasted.conf")
	if err != nil {
		t.Fatal(err)
	}
	f := Parse("nginx.conf", string(src))
	want := []string{
		`14:1: unexpected "2" before "http"`,
		`23:12: the block of "server" that opens here is not closed`,
	}
	if diff := cmp.Diff(want, errorLines(f)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if got := printed(t, f); got != string(src) {
		t.Error("the printed text differs from the source")
	}
}

// seeds adds the texts of the case table and the shared fixtures.
func seeds(f *testing.F) {
	for _, c := range cases {
		f.Add(c.src)
	}
	files, err := filepath.Glob("../testdata/pairs/*/*.conf")
	if err != nil || len(files) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
}

func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src string) {
		file := Parse("nginx.conf", src)
		for _, e := range file.Errors {
			if e.Span.Start < 0 || e.Span.End > len(src) || e.Span.Start > e.Span.End {
				t.Errorf("error %q lies at %v, outside the %d bytes", e.Message, e.Span, len(src))
			}
		}
		checkNested(t, file.Nodes, 0, len(src))
	})
}

// checkNested checks that nodes lie within their block.
func checkNested(t *testing.T, nodes []Node, from, to int) {
	for _, n := range nodes {
		r := n.Range()
		if r.Start < from || r.End > to || r.Start > r.End {
			t.Fatalf("a node spans %v outside of [%d,%d)", r, from, to)
		}
		if d, ok := n.(*Directive); ok && d.Block != nil {
			checkNested(t, d.Block.Nodes, d.Block.Open().End, d.End())
		}
	}
}

func FuzzPrint(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src string) {
		if got := printed(t, Parse("nginx.conf", src)); got != src {
			t.Errorf("printed %q, want %q", got, src)
		}
	})
}
