package main

import (
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/tui"
)

// invalid shows the faults of a description, in the language that a flag or
// the locale asks for.
func (s streams) invalid(err error, flag string) error {
	found, ok := project.IsInvalid(err)
	if !ok {
		return err
	}
	_, catalog, langErr := s.language(flag, "")
	if langErr != nil {
		return langErr
	}
	for i, d := range found {
		if i > 0 {
			fmt.Fprintln(s.err)
		}
		report.Diagnostic(s.err, d.In(catalog), report.Options{Catalog: catalog})
	}
	return exitCode(exitError)
}

// aborted says to a person who ended the questions that they did; other errors it
// returns.
func (s streams) aborted(err error, catalog diag.Catalog) error {
	if err != tui.ErrAborted { // joined with another one it says more
		return err
	}
	fmt.Fprintf(s.err, "deployctl: %s\n", tui.Aborted.In(catalog))
	return exitCode(exitInterrupted)
}

// tell shows what the linter says.
func (s streams) tell(result *lint.Result, flag string) error {
	color, err := s.color("auto")
	if err != nil {
		return err
	}
	_, catalog, err := s.language(flag, "")
	if err != nil {
		return err
	}
	return report.Text(s.out, result.In(catalog), report.Options{Color: color, Catalog: catalog})
}

// conflicts says which files were left as a person edited them.
func conflicts(s streams, plan *gen.Plan, force bool) error {
	paths := plan.Conflicts()
	if force || len(paths) == 0 {
		return nil
	}
	fmt.Fprintf(s.err, "deployctl: edited by hand, and left as it is: %s\n", strings.Join(paths, ", "))
	fmt.Fprintln(s.err, "See the difference with `deployctl gen --diff`; `deployctl gen --force` overwrites it and keeps a copy.")
	return exitCode(exitError)
}
