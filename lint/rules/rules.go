// Package rules owns the list of all rules.
package rules

import (
	"slices"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/rules/cisrule"
	"github.com/deployctl/deployctl/lint/rules/lintrule"
	"github.com/deployctl/deployctl/lint/rules/nginxrule"
	"github.com/deployctl/deployctl/lint/rules/pairrule"
	"github.com/deployctl/deployctl/lint/rules/securityrule"
	"github.com/deployctl/deployctl/lint/rules/stylerule"
	"github.com/deployctl/deployctl/lint/rules/uwsgirule"
)

// All returns every rule, in the order in which they are listed.
func All() []*lint.Rule {
	return slices.Concat(nginxrule.Rules, securityrule.Rules, cisrule.Rules, pairrule.Rules, uwsgirule.Rules, stylerule.Rules, lintrule.Rules)
}
