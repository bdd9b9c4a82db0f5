package main

import (
	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch"
	"github.com/deployctl/deployctl/lint"
)

// findings returns the function that lints a pair, for the explanation of
// errors and for the dashboard. What cannot be linted explains nothing.
func findings(s streams, paths []string, c diag.Catalog) func() []launch.Finding {
	return func() []launch.Finding {
		o := &lintOptions{streams: s, paths: paths}
		read, err := o.reload()
		if err != nil {
			return nil
		}
		cfg, err := o.configuration()
		if err != nil {
			return nil
		}
		p, err := read(nil)
		if err != nil {
			return nil
		}
		var all []launch.Finding
		for _, d := range lint.Run(p, apirule.All(nil), lint.Options{Target: cfg.Target, Config: cfg}).In(c).Diagnostics {
			all = append(all, launch.Finding{
				Rule: d.Rule, Severity: d.Severity, Message: d.Message.String(), Why: d.Why.String(), Help: d.Help.String(),
				Place: launch.Place{File: d.File.Name, Line: d.Range().Start.Line},
			})
		}
		return all
	}
}
