// Package lintrule owns the pages of the rules about the linter's own
// comments. The engine itself finds what they speak of, once every other rule
// has run.
package lintrule

import (
	_ "embed"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

var (
	//go:embed suppression-unused.md
	unusedPage string
	//go:embed suppression-unknown.md
	unknownPage string
)

// Rules are the rules of this package.
var Rules = []*lint.Rule{
	{
		ID: "suppression-unknown", Severity: diag.Warning, Page: unknownPage,
		Summary: "a suppression comment names no rule, or gives no reason where one is asked for",
	},
	{
		ID: "suppression-unused", Severity: diag.Warning, Page: unusedPage,
		Summary: "a suppression comment silences nothing",
	},
}
