package rules

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/lint/report"
)

var update = flag.Bool("update", false, "write the outputs and fixed files that the rules produce into their pages")

// reload returns how the files of an example are read.
func reload(files []lint.PageFile) lint.Reload {
	return linttest.Reload(linttest.Texts(files, lint.ConfigName, "machine"))
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

// TestPages runs every rule on the examples of its manual page.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			text := linttest.Page(t, r, func(files []lint.PageFile) linttest.Example {
				return linttest.Example{Reload: reload(files), Rules: All(), Options: only(t, r, files)}
			}, *update)
			if *update && text != r.Page {
				writePage(t, r.ID, text)
			}
		})
	}
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

// TestRegistry checks the rules against the list that is the contract: a rule a
// line, with its severities, "fix" where --fix mends it, and "off" where it
// runs only when it is asked for.
func TestRegistry(t *testing.T) {
	t.Parallel()
	contract := map[string][]string{}
	text, err := os.ReadFile("testdata/rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		contract[words[0]] = words[1:]
	}
	for _, r := range All() {
		facts, ok := contract[r.ID]
		if !ok {
			t.Errorf("%s is no rule of the contract, or stands twice", r.ID)
			continue
		}
		delete(contract, r.ID)
		if initial := strings.ToUpper(r.Severity.String()[:1]); !slices.Contains(strings.Split(facts[0], "/"), initial) {
			t.Errorf("%s has the severity %s, and the contract says %s", r.ID, r.Severity, facts[0])
		}
		if r.Fixable != slices.Contains(facts, "fix") {
			t.Errorf("%s is fixable: %v, and the contract says otherwise", r.ID, r.Fixable)
		}
		if r.Off != slices.Contains(facts, "off") {
			t.Errorf("%s is off: %v, and the contract says otherwise", r.ID, r.Off)
		}
		if r.Summary == "" || strings.HasSuffix(r.Summary, ".") {
			t.Errorf("%s: the summary %q is empty or ends with a full stop", r.ID, r.Summary)
		}
	}
	for id := range contract {
		t.Errorf("%s of the contract is no rule", id)
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
