package main

import (
	"errors"
	"io"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/pair"
)

// runAPIChanges compares two versions of a contract.
func runAPIChanges(o *apiOptions) error {
	if len(o.args) < 2 {
		return &usageError{"name the old and the new version of the contract, such as HEAD~1:openapi.yaml openapi.yaml", o.command}
	}
	fail, err := o.failSeverity()
	if err != nil {
		return err
	}
	old, err := api.Load(o.args[0], o.load)
	if err != nil {
		return err
	}
	now, err := api.Load(o.args[1], o.load)
	if err != nil {
		return err
	}
	p, err := o.pair(o.args[2:])
	if errors.Is(err, pair.ErrNothing) && len(o.args) == 2 {
		p, err = nil, nil // a repository may hold the contract alone
	}
	if err != nil {
		return err
	}
	found, err := api.Changes(old, now, p, o.changelog)
	if err != nil {
		return err
	}
	result := &lint.Result{Diagnostics: found, Files: 2, Sources: now.Files()}
	if err := o.write(result, nil); err != nil {
		return err
	}
	if fail != 0 && result.Fails(fail) {
		return exitCode(exitFindings)
	}
	return nil
}

// failSeverity returns from which severity on the run fails; 0 for never.
func (o *apiOptions) failSeverity() (diag.Severity, error) {
	switch {
	case o.failOn != "":
		severity, err := diag.ParseSeverity(o.failOn)
		if err != nil {
			return 0, &usageError{"--fail-on: " + err.Error(), o.command}
		}
		return severity, nil
	case o.changelog:
		return 0, nil
	}
	return diag.Warning, nil
}

// pair reads the configuration beside the contract.
func (o *apiOptions) pair(paths []string) (*pair.Pair, error) {
	l := lintOptions{streams: o.streams, paths: paths, context: o.context, root: o.root}
	if len(paths) == 0 {
		l.paths = []string{"."}
	}
	read, err := l.reload()
	if err != nil {
		return nil, err
	}
	return read(nil)
}

// write writes findings, or the command's own view of them, in the formats that
// were asked for.
func (o *apiOptions) write(r *lint.Result, own map[string]func(io.Writer) error) error {
	name, catalog, err := o.language(o.lang, o.command)
	if err != nil {
		return err
	}
	color, err := o.streams.color(o.color)
	if err != nil {
		return err
	}
	outputs, err := report.ParseOutputs(o.formats, o.output)
	if err != nil {
		return &usageError{err.Error(), o.command}
	}
	return report.Write(outputs, o.out, r.In(catalog), report.Options{Color: color, Catalog: catalog, Lang: name, Version: version, Own: own})
}
