package linttest

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
)

// Example is how the files of an example are linted: how they are read, by
// which rules, and with what options.
type Example struct {
	Reload  lint.Reload
	Rules   []*lint.Rule
	Options lint.Options
}

// Texts returns the files of an example by name, but for some of them.
func Texts(files []lint.PageFile, but ...string) map[string]string {
	texts := map[string]string{}
next:
	for _, f := range files {
		for _, name := range but {
			if f.Name == name {
				continue next
			}
		}
		texts[f.Name] = f.Text
	}
	return texts
}

// Lines returns findings as text, each on a line.
func Lines(found []diag.Diagnostic) string {
	var b strings.Builder
	for _, d := range found {
		b.WriteString(report.Line(d) + "\n")
	}
	return b.String()
}

// Run lints an example.
func (e Example) Run(t testing.TB) *lint.Result {
	t.Helper()
	p, err := e.Reload(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := lint.Run(p, e.Rules, e.Options)
	for _, b := range r.Broken {
		t.Fatalf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
	}
	return r
}

// Page runs a rule on the examples of its manual page, which read prepares: the
// bad ones have findings, which the page shows with the files that --fix
// changes, and the good ones none. With update it returns the page with the
// outputs and fixed files of today instead of comparing them.
func Page(t *testing.T, r *lint.Rule, read func(files []lint.PageFile) Example, update bool) string {
	t.Helper()
	page, err := lint.ParsePage(r.Page)
	if err != nil {
		t.Fatal(err)
	}
	if page.Title != r.ID || page.Intro == "" {
		t.Errorf("the page is headed %q and starts with %q", page.Title, page.Intro)
	}
	bad, good, fixed := 0, 0, 0
	text := r.Page
	for _, e := range page.Examples {
		if len(e.Bad) > 0 {
			bad++
			text = checkBad(t, read(e.Bad), e, text, update)
		}
		fixed += len(e.Fixed)
		if len(e.Good) > 0 {
			good++
			if got := Lines(read(e.Good).Run(t).Diagnostics); got != "" {
				t.Errorf("the good example has findings:\n%s", got)
			}
		}
	}
	if bad == 0 || good == 0 {
		t.Errorf("%d bad and %d good examples; at least one of each is needed", bad, good)
	}
	if r.Fixable != (fixed > 0) && !update {
		t.Errorf("Fixable is %v, and the page shows %d fixed files", r.Fixable, fixed)
	}
	return text
}

// checkBad compares what is said of a bad example, and what the fixes make of
// it, with the page. With update it returns the page mended.
func checkBad(t *testing.T, bad Example, e lint.Example, page string, update bool) string {
	t.Helper()
	output := Lines(bad.Run(t).Diagnostics)
	fix, err := lint.Fix(bad.Reload, bad.Rules, bad.Options, true)
	if err != nil {
		t.Fatal(err)
	}
	want := Texts(e.Fixed)
	if update {
		page = strings.Replace(page, section("Output", "text", e.Output), section("Output", "text", output), 1)
		for name, text := range fix.New {
			page = strings.Replace(page, fixedFile(name, want[name]), fixedFile(name, text), 1)
		}
		return page
	}
	if output == "" {
		t.Error("the bad example has no finding")
	}
	if diff := cmp.Diff(e.Output, output); diff != "" {
		t.Errorf("output (-page +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, fix.New); len(want)+len(fix.New) > 0 && diff != "" {
		t.Errorf("fixed files (-page +got):\n%s", diff)
	}
	for _, d := range fix.Result.Diagnostics {
		if d.Fix != nil {
			t.Errorf("a fix leaves: %s", report.Line(d))
		}
	}
	return page
}

func section(name, language, text string) string {
	return "## " + name + "\n\n```" + language + "\n" + text + "```\n"
}

func fixedFile(name, text string) string {
	language := map[string]string{".ini": "ini", ".conf": "nginx"}[filepath.Ext(name)]
	return section("Fixed", language+" "+name, text)
}
