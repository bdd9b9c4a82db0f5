package apirule

import (
	"flag"
	"os"
	"testing"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/linttest"
	"github.com/deployctl/deployctl/pair"
)

var update = flag.Bool("update", false, "write the outputs that the rules produce into their pages")

// contractName is the file of an example that is the contract.
const contractName = "openapi.yaml"

// example returns how an example with a contract is linted by the rules that
// the pattern selects.
func example(t *testing.T, pattern string, files []lint.PageFile) linttest.Example {
	t.Helper()
	spec, err := api.Load(contractName, api.LoadOptions{Overlay: linttest.Texts(files)})
	if err != nil {
		t.Fatal(err)
	}
	return linttest.Example{
		Reload:  linttest.Reload(linttest.Texts(files, contractName)),
		Rules:   All(spec),
		Options: lint.Options{Config: lint.Config{Select: []string{pattern}}, Also: spec.Files()},
	}
}

// TestPages runs every rule on the examples of its manual page, and all of them
// on its good one.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, r := range For(nil) {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			text := linttest.Page(t, r, func(files []lint.PageFile) linttest.Example { return example(t, r.ID, files) }, *update)
			if *update && text != r.Page {
				if err := os.WriteFile(r.ID+".md", []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			page, err := lint.ParsePage(r.Page)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Examples {
				if good := linttest.Lines(example(t, "api-", e.Good).Run(t).Diagnostics); good != "" {
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
