package rules

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
)

var update = flag.Bool("update", false, "write the outputs and fixed files that the rules produce into their pages")

// reload returns how the files of an example are read.
func reload(files []lint.PageFile) lint.Reload {
	return func(overlay map[string]string) (*pair.Pair, error) {
		texts := map[string]string{}
		var paths []string
		for _, f := range files {
			if f.Name == lint.ConfigName || f.Name == "machine" {
				continue
			}
			texts[f.Name] = f.Text
			switch filepath.Ext(f.Name) {
			case ".conf", ".ini", ".service", ".yaml", ".xml", ".json":
				paths = append(paths, f.Name)
			}
		}
		maps.Copy(texts, overlay)
		return pair.Load(paths, pair.Options{Overlay: texts})
	}
}

// target returns where the files of an example will run, which the linter's
// own configuration among them says.
func target(t *testing.T, files []lint.PageFile) lint.Target {
	t.Helper()
	for _, f := range files {
		if f.Name != lint.ConfigName {
			continue
		}
		path := filepath.Join(t.TempDir(), f.Name)
		if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
			t.Fatal(err)
		}
		cfg, err := lint.ReadConfig(path, All())
		if err != nil {
			t.Fatal(err)
		}
		return cfg.Target
	}
	return lint.Target{}
}

// only returns the options that run one rule; the rules about suppression
// comments need the others to have run.
func only(t *testing.T, r *lint.Rule, files []lint.PageFile) lint.Options {
	t.Helper()
	if r.Check == nil {
		return lint.Options{}
	}
	where := target(t, files)
	opts := lint.Options{Target: where, Config: lint.Config{Select: []string{r.ID}}}
	for _, f := range files {
		if f.Name == "machine" {
			m, err := machine.Parse(f.Text)
			if err != nil {
				t.Fatal(err)
			}
			opts.Machine = m
		}
	}
	return opts
}

// run lints files with one rule.
func run(t *testing.T, files []lint.PageFile, rule *lint.Rule) *lint.Result {
	t.Helper()
	p, err := reload(files)(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := lint.Run(p, All(), only(t, rule, files))
	for _, b := range r.Broken {
		t.Fatalf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
	}
	return r
}

func lines(found []diag.Diagnostic) string {
	var b strings.Builder
	for _, d := range found {
		b.WriteString(report.Line(d))
		b.WriteByte('\n')
	}
	return b.String()
}

// TestPages runs every rule on the examples of its manual page.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
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
					text = checkBad(t, r, e, text)
				}
				fixed += len(e.Fixed)
				if len(e.Good) > 0 {
					good++
					if got := lines(run(t, e.Good, r).Diagnostics); got != "" {
						t.Errorf("the good example has findings:\n%s", got)
					}
				}
			}
			if bad == 0 || good == 0 {
				t.Errorf("%d bad and %d good examples; at least one of each is needed", bad, good)
			}
			if r.Fixable != (fixed > 0) && !*update {
				t.Errorf("Fixable is %v, and the page shows %d fixed files", r.Fixable, fixed)
			}
			if *update && text != r.Page {
				writePage(t, r.ID, text)
			}
		})
	}
}

// checkBad compares what the rule says of a bad example, and what its fixes
// make of it, with the page. With -update it returns the page mended.
func checkBad(t *testing.T, r *lint.Rule, e lint.Example, page string) string {
	t.Helper()
	output := lines(run(t, e.Bad, r).Diagnostics)
	fix, err := lint.Fix(reload(e.Bad), All(), only(t, r, e.Bad), true)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range e.Fixed {
		want[f.Name] = f.Text
	}
	if *update {
		old := section("Output", lint.PageFile{Name: "text", Text: e.Output})
		page = strings.Replace(page, old, section("Output", lint.PageFile{Name: "text", Text: output}), 1)
		for name, text := range fix.New {
			page = strings.Replace(page, block(name, want[name]), block(name, text), 1)
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

func section(name string, f lint.PageFile) string {
	return "## " + name + "\n\n```" + f.Name + "\n" + f.Text + "```\n"
}

func block(name, text string) string {
	lang := map[string]string{".ini": "ini", ".conf": "nginx"}[filepath.Ext(name)]
	return "## Fixed\n\n```" + lang + " " + name + "\n" + text + "```\n"
}

func writePage(t *testing.T, id, text string) {
	t.Helper()
	for _, dir := range []string{"nginxrule", "securityrule", "cisrule", "liverule", "uwsgirule", "pairrule", "stylerule", "lintrule"} {
		path := filepath.Join(dir, id+".md")
		if _, err := os.Stat(path); err == nil {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestRegistry checks the rules against the list that is the contract.
func TestRegistry(t *testing.T) {
	t.Parallel()
	contract := map[string]string{}
	text, err := os.ReadFile("testdata/rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		id, severity, _ := strings.Cut(strings.TrimSpace(line), " ")
		contract[id] = severity
	}
	seen := map[string]bool{}
	for _, r := range All() {
		if seen[r.ID] {
			t.Errorf("%s is registered twice", r.ID)
		}
		seen[r.ID] = true
		severities, ok := contract[r.ID]
		if !ok {
			t.Errorf("%s is no rule of the contract", r.ID)
		}
		if initial := strings.ToUpper(r.Severity.String()[:1]); !slices.Contains(strings.Split(severities, "/"), initial) {
			t.Errorf("%s has the severity %s, and the contract says %s", r.ID, r.Severity, severities)
		}
		if r.Summary == "" || strings.HasSuffix(r.Summary, ".") {
			t.Errorf("%s: the summary %q is empty or ends with a full stop", r.ID, r.Summary)
		}
	}
}

// TestGoodExamples runs every rule on every other rule's good examples.
func TestGoodExamples(t *testing.T) {
	t.Parallel()
	for _, r := range All() {
		page, err := lint.ParsePage(r.Page)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Examples {
			if len(e.Good) == 0 {
				continue
			}
			p, err := reload(e.Good)(nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range lint.Run(p, All(), lint.Options{Target: target(t, e.Good)}).Diagnostics {
				if d.Severity == diag.Error {
					t.Errorf("the good example of %s: %s", r.ID, report.Line(d))
				}
			}
		}
	}
}
