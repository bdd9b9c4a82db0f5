package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/hook"
	"github.com/deployctl/deployctl/lint/baseline"
	"github.com/deployctl/deployctl/setup"
)

// runStaged checks what is staged, from a folder that holds it alone.
func (o *hookOptions) runStaged(ctx context.Context) error {
	s, err := hook.Staged(ctx)
	if err != nil {
		return err
	}
	defer s.Remove()
	if len(s.Files) == 0 {
		return nil
	}
	home, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := os.Chdir(s.Dir); err != nil {
		return err
	}
	defer os.Chdir(home)
	o.files = s.Files
	return worse(o.runGen(), o.runLint())
}

// worse returns the error with the higher exit code, and both where neither
// has been said yet.
func worse(a, b error) error {
	rank := func(err error) int {
		var code exitCode
		switch {
		case err == nil:
			return exitOK
		case errors.As(err, &code):
			return int(code)
		}
		return exitInterrupted // what is not said yet comes first
	}
	switch {
	case rank(a) == exitInterrupted && rank(b) == exitInterrupted:
		return errors.Join(a, b)
	case rank(b) > rank(a):
		return b
	}
	return a
}

func (o *hookOptions) runLint() error {
	write, err := o.lint.reporter()
	if err != nil {
		return err
	}
	var known *baseline.Baseline
	if o.baseline != "" {
		if known, err = baseline.Read(o.baseline); err != nil {
			return err
		}
	}
	v, err := hook.Lint(o.files, apirule.Bind(false), known)
	if err != nil {
		return err
	}
	for _, err := range v.Unread {
		o.unreadContract(err)
	}
	for _, b := range v.Result.Broken {
		fmt.Fprintf(o.err, "deployctl: the rule %s could not run: %v\n", b.Rule, b.Reason)
	}
	if len(v.Result.Diagnostics) > 0 {
		if err := write(v.Result); err != nil {
			return err
		}
	}
	if v.Elsewhere > 0 && v.Fails {
		fmt.Fprintf(o.err, "%d more in files that the commit leaves alone; `deployctl lint` shows them\n", v.Elsewhere)
	}
	switch {
	case len(v.Result.Broken) > 0:
		return exitCode(exitError)
	case v.Fails:
		return exitCode(exitFindings)
	}
	return nil
}

func (o *hookOptions) runFmt() error {
	changes, err := hook.Format(o.files)
	f := fmtOptions{streams: o.streams, check: o.check}
	for _, c := range changes {
		err = errors.Join(err, f.change(c))
	}
	if err == nil && len(changes) > 0 {
		return exitCode(exitFindings)
	}
	return err
}

func (o *hookOptions) runGen() error {
	var failed error
	for _, dir := range hook.Projects(o.files, setup.Deploy) {
		err := runGen(&genOptions{streams: o.streams, dir: dir, check: true, render: gen.Options{Site: o.site}})
		var code exitCode
		if errors.As(err, &code) && int(code) == exitFindings {
			fmt.Fprintf(o.err, "the files of %s are not what its description says: run `deployctl gen %s` and stage them\n", dir, dir)
		}
		failed = worse(failed, err)
	}
	return failed
}
