package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// sample is a run with everything a finding can have, in a file whose name and
// text need every kind of escape.
func sample() *lint.Result {
	f := diag.NewFile("sites/a,b: 100%.conf", "server {\n    中文 \"<x>\" ;\n    listen 80;\n}\n")
	g := diag.NewFile("/srv/app/uwsgi.ini", "[uwsgi]\nsocket = :1\n")
	whole := diag.Diagnostic{
		Rule: "pair-x", Severity: diag.Error, Location: diag.Location{File: f, Span: diag.Span{Start: 20, End: 25}},
		Message: diag.T("50%% of \"<&>\"\r\nand, more: %s", "中"), Why: diag.T("it answers 502"), Help: diag.T("write y"),
		Related: []diag.Related{{Location: diag.Location{File: g, Span: diag.Span{Start: 8, End: 14}}, Message: diag.T("the other end")}},
		Fix:     &diag.Fix{Message: diag.T("write y"), Edits: []diag.Edit{{File: f, Span: diag.Span{Start: 20, End: 25}, New: "y"}, {File: g, Span: diag.Span{Start: 20, End: 20}, New: "z"}}},
	}
	lines := diag.Diagnostic{Rule: "nginx-y", Severity: diag.Warning, Location: diag.Location{File: f, Span: diag.Span{Start: 28, End: 46}}, Message: diag.T("lines")}
	info := diag.Diagnostic{Rule: "nginx-z", Severity: diag.Info, Location: diag.Location{File: g, Span: diag.Span{Start: 0, End: 7}}, Message: diag.T("fyi"),
		Fix: &diag.Fix{Message: diag.T("no"), Unsafe: true, Edits: []diag.Edit{{File: g}}}}
	clean := diag.NewFile("clean.conf", "")
	return &lint.Result{Diagnostics: []diag.Diagnostic{whole, lines, info}, Files: 3, Sources: []*diag.File{f, g, clean}}
}

func described() []Rule {
	return []Rule{
		{Rule: &lint.Rule{ID: "nginx-y", Severity: diag.Warning}, Summary: "y", Text: "why **y** `z`"},
		{Rule: &lint.Rule{ID: "pair-x", Severity: diag.Error, Off: true}, Summary: "x", Text: "why x"},
	}
}

func written(t *testing.T, name string, r *lint.Result) string {
	t.Helper()
	f, err := find(name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.write(&b, r, Options{Version: "1.2.3", Rules: described}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestErrorFormat(t *testing.T) {
	t.Parallel()
	want := `sites/a,b: 100%.conf:2:12: error: 50% of "<&>"??and, more: 中
/srv/app/uwsgi.ini:2:1: note: the other end
sites/a,b: 100%.conf:3:1: warning: lines
/srv/app/uwsgi.ini:1:1: info: fyi
`
	if diff := cmp.Diff(want, written(t, "errorformat", sample())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	want := `::error file=sites/a%2Cb%3A 100%25.conf,line=2,col=8,endColumn=13,title=pair-x::50%25 of "<&>"%0D%0Aand, more: 中%0A/srv/app/uwsgi.ini:2:1: the other end%0Ait answers 502%0Awrite y
::warning file=sites/a%2Cb%3A 100%25.conf,line=3,endLine=5,title=nginx-y::lines
::notice file=/srv/app/uwsgi.ini,line=1,col=1,endColumn=8,title=nginx-z::fyi
`
	if diff := cmp.Diff(want, written(t, "github", sample())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	want := `**1 error, 1 warning, 1 info in 3 files (1 fixable with --fix)**

| where | severity | finding |
| --- | --- | --- |
| sites/a,b: 100%.conf:2 | error | 50% of "&lt;&>"??and, more: 中 (pair-x)<br>/srv/app/uwsgi.ini:2: the other end<br>it answers 502<br>write y |
| sites/a,b: 100%.conf:3 | warning | lines (nginx-y) |
| /srv/app/uwsgi.ini:1 | info | fyi (nginx-z) |
`
	if diff := cmp.Diff(want, written(t, "markdown", sample())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGitLab(t *testing.T) {
	t.Parallel()
	var got []gitlabFinding
	if err := json.Unmarshal([]byte(written(t, "gitlab", sample())), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0].Severity != "critical" || got[1].Severity != "major" || got[2].Severity != "info" || got[0].Location.Lines.Begin != 2 || got[0].Check != "pair-x" {
		t.Errorf("%+v", got)
	}
	moved := sample()
	for i := range moved.Diagnostics[:2] {
		d := &moved.Diagnostics[i]
		d.File = diag.NewFile(d.File.Name, "# new\n\n"+d.File.Src)
		d.Span = diag.Span{Start: d.Span.Start + 7, End: d.Span.End + 7}
		d.Message = diag.T("另一种语言")
	}
	var again []gitlabFinding
	if err := json.Unmarshal([]byte(written(t, "gitlab", moved)), &again); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range got {
		if got[i].Fingerprint != again[i].Fingerprint {
			t.Errorf("finding %d has another fingerprint after lines moved", i)
		}
		seen[got[i].Fingerprint] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d fingerprints for 3 findings", len(seen))
	}
	if text := written(t, "gitlab", &lint.Result{}); text != "[\n]\n" {
		t.Errorf("without findings: %q", text)
	}
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	text := written(t, "junit", sample())
	var got junitReport
	if err := xml.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got.Tests != 4 || got.Failures != 2 || len(got.Suites) != 3 {
		t.Errorf("%d tests, %d failures, %d suites", got.Tests, got.Failures, len(got.Suites))
	}
	first := got.Suites[0].Cases[0]
	if first.Failure == nil || first.Failure.Type != "error" || !strings.Contains(first.Failure.Text, "it answers 502") || first.Name != "pair-x 2:8" {
		t.Errorf("the first case is %+v", first)
	}
	if info := got.Suites[1].Cases[0]; info.Failure != nil || info.Output != "fyi" {
		t.Errorf("the info is %+v", info)
	}
	if clean := got.Suites[2]; clean.Name != "clean.conf" || clean.Tests != 1 || clean.Failures != 0 {
		t.Errorf("the file without findings is %+v", clean)
	}
}

func TestCheckstyle(t *testing.T) {
	t.Parallel()
	text := written(t, "checkstyle", sample())
	var got checkstyleReport
	if err := xml.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(got.Files) != 2 || len(got.Files[0].Errors) != 2 {
		t.Fatalf("%+v", got)
	}
	want := checkstyleError{2, 8, "error", "50% of \"<&>\"\r\nand, more: 中", "deployctl.pair-x"}
	if diff := cmp.Diff(want, got.Files[0].Errors[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseOutputs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		specs []string
		file  string
		want  string // NAME>FILE, or the start of the error
	}{
		{nil, "", "text>"},
		{nil, "x", "text>x"},
		{[]string{"json"}, "-", "json>"},
		{[]string{"text", "sarif=a=b.sarif"}, "", "text> sarif>a=b.sarif"},
		{[]string{"text", "json=-"}, "x", "text>x json>"},
		{[]string{"text", "json"}, "", "text and json would both be written to standard output"},
		{[]string{"text=x", "json"}, "x", "text and json would both be written to x"},
		{[]string{"json="}, "", `the format "json=" names no file`},
		{[]string{"jsno"}, "", `unknown format "jsno": did you mean json?`},
		{[]string{"zzzzzzzz"}, "", `unknown format "zzzzzzzz": write text, compact, json, sarif, github, gitlab, junit, checkstyle, markdown or errorformat`},
	} {
		outputs, err := ParseOutputs(c.specs, c.file)
		var parts []string
		for _, o := range outputs {
			parts = append(parts, o.Name+">"+o.File)
		}
		got := strings.Join(parts, " ")
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (err == nil || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%v, %q: %q, want %q", c.specs, c.file, got, c.want)
		}
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outputs, err := ParseOutputs([]string{"compact", "json=" + filepath.Join(dir, "r.json"), "text=" + filepath.Join(dir, "r.txt")}, "")
	if err != nil {
		t.Fatal(err)
	}
	var stdout bytes.Buffer
	if err := Write(outputs, &stdout, sample(), Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(stdout.String(), "\n"); n != 3 {
		t.Errorf("%d lines on standard output: %s", n, stdout.String())
	}
	text, err := os.ReadFile(filepath.Join(dir, "r.json"))
	if err != nil || !json.Valid(text) {
		t.Errorf("r.json: %v, %s", err, text)
	}
	text, err = os.ReadFile(filepath.Join(dir, "r.txt"))
	if err != nil || len(text) == 0 || bytes.Contains(text, []byte("\x1b[")) {
		t.Errorf("r.txt: %v, %s", err, text)
	}
	if outputs, err = ParseOutputs([]string{"json"}, os.DevNull); err != nil {
		t.Fatal(err)
	}
	if err := Write(outputs, &stdout, sample(), Options{}); err != nil {
		t.Errorf("a device: %v", err)
	}
	if outputs, err = ParseOutputs([]string{"json"}, filepath.Join(dir, "none", "x")); err != nil {
		t.Fatal(err)
	}
	if err := Write(outputs, &stdout, sample(), Options{}); err == nil {
		t.Error("a report in a folder that does not exist is written")
	}
}
