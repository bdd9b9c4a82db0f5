package main

import (
	"cmp"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// contract returns all rules, those about the OpenAPI contract bound to the one
// that the command line or the description names, and its files.
func (o *lintOptions) contract(cfg lint.Config) ([]*lint.Rule, []*diag.File, error) {
	path := cmp.Or(o.openapi, cfg.OpenAPI)
	if path == "" {
		return apirule.All(nil), nil, nil
	}
	spec, err := api.Load(path, api.LoadOptions{Fetch: o.fetch})
	if err != nil {
		return nil, nil, err
	}
	return apirule.All(spec), spec.Files(), nil
}
