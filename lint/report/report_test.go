package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

func finding(src, at string) diag.Diagnostic {
	f := diag.NewFile("nginx.conf", src)
	start := strings.Index(src, at)
	return diag.Diagnostic{
		Rule: "rule", Severity: diag.Error, Location: diag.Location{File: f, Span: diag.Span{Start: start, End: start + len(at)}}, Message: diag.T("wrong"),
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 200) + " HERE " + strings.Repeat("b", 200)
	for _, c := range []struct{ name, src, at, want string }{
		{"plain", "a b c;\n", "b", "nginx.conf:1:3: error: wrong [rule]\n  1 | a b c;\n    |   ^\n"},
		{"tab", "\troot /x;\n", "/x", "nginx.conf:1:7: error: wrong [rule]\n  1 |     root /x;\n    |          ^^\n"},
		{"wide characters", "# 中文 x\n", "x", "nginx.conf:1:6: error: wrong [rule]\n  1 | # 中文 x\n    |        ^\n"},
		{"several lines", "a {\nb;\n}\n", "{\nb;\n}", "nginx.conf:1:3: error: wrong [rule]\n  1 | a {\n    |   ^\n"},
		{"end of a line", "a b\nc;\n", "\n", "nginx.conf:1:4: error: wrong [rule]\n  1 | a b\n    |    ^\n"},
		{"control characters", "a \x1b[31mred;\n", "red", "nginx.conf:1:8: error: wrong [rule]\n  1 | a ?[31mred;\n    |        ^^^\n"},
		{"cut", long, "HERE", "nginx.conf:1:202: error: wrong [rule]\n  1 | ..." + strings.Repeat("a", 39) + " HERE " + strings.Repeat("b", 75) + "...\n    | " + strings.Repeat(" ", 43) + "^^^^\n"},
	} {
		var b bytes.Buffer
		Diagnostic(&b, finding(c.src, c.at), Options{})
		if diff := cmp.Diff(c.want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	d := finding("a b;\n", "b")
	d.Why, d.Help = diag.T("502"), diag.T("write c")
	d.Related = []diag.Related{{Location: d.Location, Message: diag.T("the other end")}}
	d.Fix = &diag.Fix{}
	w := finding("a b;\n", "a")
	w.Severity = diag.Warning
	var b bytes.Buffer
	if err := Text(&b, &lint.Result{Diagnostics: []diag.Diagnostic{d, w}, Files: 2}, Options{}); err != nil {
		t.Fatal(err)
	}
	want := "nginx.conf:1:3: error: wrong [rule]\n  1 | a b;\n    |   ^\n  see nginx.conf:1:3: the other end\n  why 502\n  fix write c\n\n" +
		"nginx.conf:1:1: warning: wrong [rule]\n  1 | a b;\n    | ^\n\n1 error, 1 warning in 2 files (1 fixable with --fix)\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.Reset()
	if err := Text(&b, &lint.Result{Files: 1}, Options{Color: true}); err != nil || !strings.Contains(b.String(), "\x1b[1m") {
		t.Errorf("no color: %q, %v", b.String(), err)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	d := finding("中 b;\n", "b")
	d.Message = diag.T("a %s", "<\"quote\">\x00")
	var b bytes.Buffer
	if err := JSON(&b, &lint.Result{Diagnostics: []diag.Diagnostic{d, d}, Files: 1}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version     int
		Diagnostics []map[string]any
		Summary     map[string]int
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if got.Version != 1 || len(got.Diagnostics) != 2 || got.Summary["errors"] != 2 || got.Summary["files"] != 1 {
		t.Errorf("%+v", got)
	}
	keys := []string{"rule", "severity", "message", "file", "line", "column", "endLine", "endColumn", "fixable", "related"}
	for _, k := range keys {
		if _, ok := got.Diagnostics[0][k]; !ok {
			t.Errorf("the key %q is missing", k)
		}
	}
	if fmt.Sprint(got.Diagnostics[0]["column"], got.Diagnostics[0]["endColumn"]) != "3 4" {
		t.Errorf("columns %v to %v, want characters", got.Diagnostics[0]["column"], got.Diagnostics[0]["endColumn"])
	}
}
