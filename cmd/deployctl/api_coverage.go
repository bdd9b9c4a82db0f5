package main

import (
	"io"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/lint"
)

// runAPICoverage shows what nginx does with every operation.
func runAPICoverage(o *apiOptions) error {
	if len(o.args) == 0 {
		return &usageError{"name the contract, such as openapi.yaml", o.command}
	}
	fail, err := o.failSeverity()
	if err != nil {
		return err
	}
	spec, err := api.Load(o.args[0], o.load)
	if err != nil {
		return err
	}
	p, err := o.pair(o.args[1:])
	if err != nil {
		return err
	}
	_, catalog, err := o.language(o.lang, o.command)
	if err != nil {
		return err
	}
	r := api.NewReport(spec, p, catalog)
	result := lint.Run(p, apirule.All(spec), lint.Options{Config: lint.Config{Select: []string{"api-"}}, Also: spec.Files()})
	table := map[string]func(io.Writer) error{"text": r.Text, "json": r.JSON, "markdown": r.Markdown}
	if err := o.write(result, table); err != nil {
		return err
	}
	if r.Missed() > 0 || o.failOn != "" && result.Fails(fail) {
		return exitCode(exitFindings)
	}
	return nil
}
