package rules

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
)

// layouts are ways of writing the same file: a fix has to fit into each.
var layouts = []struct {
	name   string
	change func(name, text string) string
}{
	{"as written", func(_, text string) string { return text }},
	{"with CRLF", func(_, text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }},
	{"without a last line ending", func(_, text string) string { return strings.TrimSuffix(text, "\n") }},
	{"on one line", func(name, text string) string {
		if filepath.Ext(name) != ".conf" || strings.ContainsAny(text, "#'\"") {
			return text
		}
		return strings.Join(strings.Fields(text), " ") + "\n"
	}},
	{"with a comment after each line", func(name, text string) string {
		if filepath.Ext(name) != ".conf" {
			return text
		}
		return regexp.MustCompile(`(?m)[;{]$`).ReplaceAllString(text, "$0 # as agreed")
	}},
	{"with passes in an if", func(name, text string) string {
		return regexp.MustCompile(`(?m)^( +)((?:proxy|uwsgi)_pass [^;]*;)$`).ReplaceAllString(text, "${1}if ($$is_args) {\n$1    $2\n$1}")
	}},
	{"with passes in limit_except", func(name, text string) string {
		return regexp.MustCompile(`(?m)^( +)((?:proxy|uwsgi)_pass [^;]*;)$`).ReplaceAllString(text, "${1}limit_except GET {\n$1    $2\n$1}")
	}},
}

// revealed are findings that a rule's fixes may bring to light: the fault was
// there, and could not be known as long as the other hid it.
var revealed = map[string][]string{
	// The file could not be read, or not its address, its option or its value.
	"nginx-syntax":         {"style-block-lines", "style-line-ending"},
	"uwsgi-syntax":         {"style-line-ending", "uwsgi-no-harakiri", "uwsgi-no-need-app", "uwsgi-no-post-buffering", "uwsgi-no-strict", "uwsgi-single-interpreter"},
	"uwsgi-option-order":   {"uwsgi-no-harakiri", "uwsgi-no-need-app", "uwsgi-no-post-buffering", "uwsgi-single-interpreter"},
	"uwsgi-socket-address": {"pair-run-directory"},
	"uwsgi-duplicate-key":  {"pair-run-directory"},
	"uwsgi-bad-value":      {"pair-run-directory"},
	"uwsgi-percent":        {"uwsgi-secret-in-file"},
	// The two sides did not meet.
	"pair-socket-mismatch": {"pair-timeout-order"},
	// A fragment's headers may be inherited from a file that is not here, until
	// the location has its own.
	"nginx-admin-exposed":       {"cis-source-address"},
	"nginx-allow-without-deny":  {"cis-source-address"},
	"nginx-http-splitting":      {"cis-source-address"},
	"nginx-known-vulnerability": {"cis-source-address"},
	"nginx-valid-referers":      {"cis-source-address"},
	"pair-forwarded-host":       {"cis-source-address"},
	"pair-forwarded-scheme":     {"cis-source-address"},
	// What the directive leaves behind is an empty block.
	"nginx-deprecated": {"style-block-lines"},
}

// TestFixesMakeNoFinding applies fixes to every bad example in several layouts,
// and to the shared pairs: those of the page's rule alone and those of all
// rules, safe ones and unsafe ones. What is found afterwards was found before:
// no fix makes another rule speak.
func TestFixesMakeNoFinding(t *testing.T) {
	t.Parallel()
	everything := lint.Config{Select: []string{"all"}}
	for _, r := range All() {
		page, err := lint.ParsePage(r.Page)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Examples {
			if len(e.Bad) == 0 {
				continue
			}
			t.Run(r.ID, func(t *testing.T) {
				t.Parallel()
				opts := only(t, r, e.Bad)
				opts.Config = everything
				for _, layout := range layouts {
					t.Run(layout.name, func(t *testing.T) {
						files := slices.Clone(e.Bad)
						for i, f := range files {
							files[i].Text = layout.change(f.Name, f.Text)
						}
						checkFixes(t, files, []*lint.Rule{r}, opts, revealed[r.ID])
						checkFixes(t, files, All(), opts, revealed[r.ID])
					})
				}
			})
		}
	}
	pairs, err := filepath.Glob("../../testdata/pairs/*")
	if err != nil || len(pairs) == 0 {
		t.Fatalf("%d pairs: %v", len(pairs), err)
	}
	for _, dir := range pairs {
		var files []lint.PageFile
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, lint.PageFile{Name: e.Name(), Text: string(text)})
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			checkFixes(t, files, All(), lint.Options{Config: everything}, nil)
		})
	}
}

// checkFixes makes the fixes of some rules, and compares what all rules find
// before and after: nothing more often, nothing graver.
func checkFixes(t *testing.T, files []lint.PageFile, fixing []*lint.Rule, opts lint.Options, hidden []string) {
	t.Helper()
	type kind struct {
		file, rule string
		severity   diag.Severity
	}
	read := reload(files)
	before, err := read(nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[kind]int{}
	for _, d := range lint.Run(before, All(), opts).Diagnostics {
		found[kind{d.File.Name, d.Rule, d.Severity}]++
	}
	for _, unsafe := range []bool{false, true} {
		fix, err := lint.Fix(read, fixing, opts, unsafe)
		if err != nil {
			t.Fatal(err)
		}
		if len(fix.New) == 0 {
			continue
		}
		if fix.Dropped > 0 {
			t.Errorf("%d fixes would make a file read worse", fix.Dropped)
		}
		after, err := read(fix.New)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range fix.New {
			if old := fix.Old[name]; strings.HasSuffix(old, "\r\n") && len(fixing) == 1 && !strings.HasPrefix(fixing[0].ID, "style-") &&
				strings.Count(text, "\n") > strings.Count(text, "\r\n") {
				t.Errorf("%s mixes line endings: %q", name, text)
			}
		}
		left := maps.Clone(found)
		for _, d := range lint.Run(after, All(), opts).Diagnostics {
			k := kind{d.File.Name, d.Rule, d.Severity}
			again := found[k] > 0 && strings.HasPrefix(d.Rule, "style-") // the layout of the file, kept
			if left[k]--; left[k] < 0 && !again && !slices.Contains(hidden, d.Rule) {
				t.Errorf("with unsafe %v, the fixes of %d rules make %s", unsafe, len(fixing), report.Line(d))
			}
		}
		if t.Failed() {
			for _, name := range slices.Sorted(maps.Keys(fix.New)) {
				t.Logf("%s:\n%s", name, fix.New[name])
			}
			return
		}
	}
}
