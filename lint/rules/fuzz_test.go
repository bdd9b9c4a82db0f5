package rules

import (
	"testing"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
)

// FuzzRules lints and mends two texts that nobody thought of: no rule may fail,
// and no fix may be impossible to make.
func FuzzRules(f *testing.F) {
	for _, r := range All() {
		page, err := lint.ParsePage(r.Page)
		if err != nil {
			continue
		}
		for _, e := range page.Examples {
			texts := map[string]string{}
			for _, file := range e.Bad {
				texts[file.Name] = file.Text
			}
			f.Add(texts["nginx.conf"], texts["uwsgi.ini"])
		}
	}
	f.Fuzz(func(t *testing.T, conf, ini string) {
		files := []lint.PageFile{{Name: "nginx.conf", Text: conf}, {Name: "uwsgi.ini", Text: ini}}
		if _, err := reload(files)(nil); err != nil {
			t.Skip() // no text at all
		}
		fixed, err := lint.Fix(reload(files), All(), lint.Options{Config: lint.Config{Select: []string{"all"}}}, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range fixed.Result.Broken {
			t.Errorf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
		}
		for _, d := range fixed.Result.Diagnostics {
			if report.Line(d) == "" {
				t.Error("a finding without a line")
			}
		}
	})
}
