// Package rules owns the list of all rules.
package rules

import (
	"fmt"
	"slices"

	"github.com/deployctl/deployctl/internal/nearest"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/rules/cisrule"
	"github.com/deployctl/deployctl/lint/rules/lintrule"
	"github.com/deployctl/deployctl/lint/rules/liverule"
	"github.com/deployctl/deployctl/lint/rules/nginxrule"
	"github.com/deployctl/deployctl/lint/rules/pairrule"
	"github.com/deployctl/deployctl/lint/rules/securityrule"
	"github.com/deployctl/deployctl/lint/rules/stylerule"
	"github.com/deployctl/deployctl/lint/rules/uwsgirule"
)

// All returns every rule, in the order in which they are listed.
func All() []*lint.Rule {
	return slices.Concat(nginxrule.Rules, securityrule.Rules, cisrule.Rules, pairrule.Rules, uwsgirule.Rules, stylerule.Rules, liverule.Rules, lintrule.Rules)
}

// Named returns the rule of that name among all, or an error that names the
// nearest one.
func Named(all []*lint.Rule, name string) (*lint.Rule, error) {
	names := make([]string, len(all))
	for i, r := range all {
		if r.ID == name {
			return r, nil
		}
		names[i] = r.ID
	}
	if n := nearest.Name(name, names); n != "" {
		return nil, fmt.Errorf("no rule is called %q; did you mean %s?", name, n)
	}
	return nil, fmt.Errorf("no rule is called %q; `deployctl rules` lists them", name)
}
