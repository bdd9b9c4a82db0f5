package site_test

import (
	"testing"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/site"
)

func TestEdits(t *testing.T) {
	t.Parallel()
	after := func(n *site.Node) diag.Edit { return n.After("a 1;", "b 2;") }
	before := func(n *site.Node) diag.Edit { return n.Before("a 1;", "", "b 2;", "") }
	top := func(n *site.Node) diag.Edit { return n.Scope.Opener.Top("a 1;", "b 2;") }
	gone := func(n *site.Node) diag.Edit { return diag.Edit{File: n.File.File, Span: n.Line()} }
	header := func(n *site.Node) diag.Edit {
		e, ok := n.Beside("proxy_set_header", "proxy_set_header A b;")
		if !ok {
			t.Errorf("proxy_set_header has no place beside %s", n.Name.Value)
		}
		return e
	}
	for _, c := range []struct {
		name      string
		edit      func(*site.Node) diag.Edit
		src, want string
	}{
		{"after a line", after, "location / {\n    root /x;\n}\n", "location / {\n    root /x;\n    a 1;\n    b 2;\n}\n"},
		{"after a line with a comment", after, "location / {\n    root /x; # why\n}\n", "location / {\n    root /x; # why\n    a 1;\n    b 2;\n}\n"},
		{"after a line of DOS", after, "location / {\r\n\troot /x;\r\n}\r\n", "location / {\r\n\troot /x;\r\n\ta 1;\r\n\tb 2;\r\n}\r\n"},
		{"after one of several", after, "location / { root /x; index y; }", "location / { root /x; a 1; b 2; index y; }"},
		{"after the first of a line", after, "location / {\n    root /x; index y;\n}\n", "location / {\n    root /x;\n    a 1;\n    b 2; index y;\n}\n"},
		{"before a line", before, "location / {\n    root /x;\n}\n", "location / {\n    a 1;\n\n    b 2;\n\n    root /x;\n}\n"},
		{"before a line of DOS", before, "location / {\r\n  root /x;\r\n}\r\n", "location / {\r\n  a 1;\r\n\r\n  b 2;\r\n\r\n  root /x;\r\n}\r\n"},
		{"before one of several", before, "location / { root /x; }", "location / { a 1; b 2; root /x; }"},
		{"at the top", top, "location / { # why\n\troot /x;\n}\n", "location / { # why\n\ta 1;\n\tb 2;\n\troot /x;\n}\n"},
		{"at the top of one line", top, "server { } location / { root /x; }", "server { } location / { a 1; b 2; root /x; }"},
		{"a line gone", gone, "location / {\n    root /x;\n}\n", "location / {\n}\n"},
		{"a line of DOS gone", gone, "location / {\r\n    root /x; \r\n}\r\n", "location / {\r\n}\r\n"},
		{"the last line gone", gone, "location / {\nroot /x;", "location / {\n"},
		{"the comment stays", gone, "location / {\n    root /x; # why\n}\n", "location / {\n    # why\n}\n"},
		{"one of several gone", gone, "location / { root /x; index y; }", "location / { index y; }"},
		{"beside a pass", header, "location / {\n    proxy_pass http://a;\n}\n", "location / {\n    proxy_pass http://a;\n    proxy_set_header A b;\n}\n"},
		{"around an if", header, "location / {\n    if ($x) {\n        proxy_pass http://a;\n    }\n}\n", "location / {\n    proxy_set_header A b;\n    if ($x) {\n        proxy_pass http://a;\n    }\n}\n"},
		{"around limit_except", header, "location / {\n    limit_except GET {\n        proxy_pass http://a;\n    }\n}\n", "location / {\n    proxy_set_header A b;\n    limit_except GET {\n        proxy_pass http://a;\n    }\n}\n"},
	} {
		config := site.New(nginx.LoadText(nginx.Parse("x.conf", c.src), "", nginx.LoadOptions{}), 0)
		nodes := append(config.Find("root"), config.Find("proxy_pass")...)
		if len(nodes) != 1 {
			t.Fatalf("%s: %d directives", c.name, len(nodes))
		}
		got, err := diag.Apply(c.src, []diag.Edit{c.edit(nodes[0])})
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}
