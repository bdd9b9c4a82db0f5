package apirule

import (
	"flag"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
)

var update = flag.Bool("update", false, "write the outputs that the rules produce into their pages")

// contractName is the file of an example that is the contract.
const contractName = "openapi.yaml"

// example returns an example's contract, and how its other files are read.
func example(t *testing.T, files []lint.PageFile) (*api.Spec, lint.Reload) {
	t.Helper()
	texts := map[string]string{}
	var paths []string
	for _, f := range files {
		texts[f.Name] = f.Text
		if f.Name != contractName {
			paths = append(paths, f.Name)
		}
	}
	spec, err := api.Load(contractName, api.LoadOptions{Overlay: texts})
	if err != nil {
		t.Fatal(err)
	}
	return spec, func(overlay map[string]string) (*pair.Pair, error) {
		all := maps.Clone(texts)
		maps.Copy(all, overlay)
		return pair.Load(paths, pair.Options{Overlay: all})
	}
}

// findings lints an example with one rule, as lines, and mends it.
func findings(t *testing.T, id string, files []lint.PageFile) (lines string, fixed map[string]string) {
	t.Helper()
	spec, reload := example(t, files)
	p, err := reload(nil)
	if err != nil {
		t.Fatal(err)
	}
	opts := lint.Options{Config: lint.Config{Select: []string{id}}, Also: spec.Files()}
	r := lint.Run(p, All(spec), opts)
	for _, b := range r.Broken {
		t.Fatalf("%s fails: %v\n%s", b.Rule, b.Reason, b.Stack)
	}
	for _, d := range r.Diagnostics {
		lines += report.Line(d) + "\n"
	}
	f, err := lint.Fix(reload, All(spec), opts, true)
	if err != nil {
		t.Fatal(err)
	}
	return lines, f.New
}

// TestPages runs every rule on the examples of its manual page, and all of them
// on its good one.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, r := range For(nil) {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			page, err := lint.ParsePage(r.Page)
			if err != nil {
				t.Fatal(err)
			}
			if page.Title != r.ID || page.Intro == "" || len(page.Examples) == 0 {
				t.Fatalf("the page is headed %q, starts with %q, and has %d examples", page.Title, page.Intro, len(page.Examples))
			}
			for _, e := range page.Examples {
				got, fixed := findings(t, r.ID, e.Bad)
				if *update {
					old := "## Output\n\n```text\n" + e.Output + "```\n"
					text := strings.Replace(r.Page, old, "## Output\n\n```text\n"+got+"```\n", 1)
					if err := os.WriteFile(r.ID+".md", []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
					continue
				}
				if diff := cmp.Diff(e.Output, got); diff != "" || got == "" {
					t.Errorf("output (-page +got):\n%s", diff)
				}
				want := map[string]string{}
				for _, f := range e.Fixed {
					want[f.Name] = f.Text
				}
				if diff := cmp.Diff(want, fixed); len(want)+len(fixed) > 0 && diff != "" {
					t.Errorf("fixed files (-page +got):\n%s", diff)
				}
				if r.Fixable != (len(want) > 0) {
					t.Errorf("Fixable is %v, and the page shows %d fixed files", r.Fixable, len(want))
				}
				if good, _ := findings(t, "api-", e.Good); good != "" {
					t.Errorf("the good example has findings:\n%s", good)
				}
			}
		})
	}
}

// TestWithoutAContract lists the rules and finds nothing.
func TestWithoutAContract(t *testing.T) {
	t.Parallel()
	p, err := pair.Load([]string{"nginx.conf"}, pair.Options{Overlay: map[string]string{"nginx.conf": "server { listen 80; location / { root /srv; } }"}})
	if err != nil {
		t.Fatal(err)
	}
	if r := lint.Run(p, For(nil), lint.Options{}); len(r.Diagnostics) != 0 || len(For(nil)) != len(table) {
		t.Errorf("%v", r.Diagnostics)
	}
}
