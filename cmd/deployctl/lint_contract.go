package main

import (
	"fmt"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// contract returns all rules, those about the OpenAPI contract bound to the one
// that the command line or the description names, and its files. A contract
// that only the description names must not keep all else from being linted.
func (o *lintOptions) contract(cfg lint.Config) ([]*lint.Rule, []*diag.File, error) {
	bind := apirule.Bind(o.fetch)
	if o.openapi != "" {
		return bind(o.openapi)
	}
	rules, files, err := bind(cfg.OpenAPI)
	if err != nil {
		o.unreadContract(err)
		return bind("")
	}
	return rules, files, nil
}

// unreadContract says that the rules about a contract have nothing to look at.
func (s streams) unreadContract(err error) {
	fmt.Fprintf(s.err, "deployctl: the routes are not held against the contract, which cannot be read: %v\n", err)
}
