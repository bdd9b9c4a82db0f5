// Package lintrule owns the pages of the rules about the linter's own
// comments. The engine itself finds what they speak of, once every other rule
// has run.
package lintrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// Rules are the rules of this package.
var Rules = []*lint.Rule{
	{
		ID: "suppression-unknown", Severity: diag.Warning, Page: page("suppression-unknown"),
		Summary: "a suppression comment names no rule, or gives no reason where one is asked for",
	},
	{
		ID: "suppression-unused", Severity: diag.Warning, Page: page("suppression-unused"),
		Summary: "a suppression comment silences nothing",
	},
}
