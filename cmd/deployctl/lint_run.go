package main

import (
	"context"
	"fmt"

	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/baseline"
)

func runLint(ctx context.Context, o *lintOptions) error {
	write, err := o.reporter()
	if err != nil {
		return err
	}
	if len(o.paths) == 0 {
		o.paths = []string{"."}
	}
	read, err := o.reload()
	if err != nil {
		return err
	}
	cfg, err := o.configuration()
	if err != nil {
		return err
	}
	var known *baseline.Baseline
	if o.baseline != "" && o.writeBaseline == "" {
		if known, err = baseline.Read(o.baseline); err != nil {
			return err
		}
	}
	every, contract, err := o.contract(cfg)
	if err != nil {
		return err
	}
	opts := lint.Options{Target: cfg.Target, Config: cfg, Also: contract}
	if o.live {
		opts.Machine = machine.Local()
	}
	var result *lint.Result
	if o.interactive {
		if result, err = o.walk(ctx, read, every, opts); err != nil {
			return err
		}
	} else if o.fix || o.diff {
		fixed, err := lint.Fix(read, every, opts, o.unsafe)
		if err != nil {
			return err
		}
		if o.diff {
			return o.showDiff(fixed)
		}
		if err := o.writeFixed(fixed); err != nil {
			return err
		}
		result = fixed.Result
		if len(o.stdinText) > 0 {
			o.out = o.err // the mended text has standard output for itself
		}
	} else {
		p, err := read(nil)
		if err != nil {
			return err
		}
		result = lint.Run(p, every, opts)
	}
	if o.writeBaseline != "" && len(result.Broken) == 0 {
		return o.remember(result)
	}
	if known != nil {
		result = o.forget(known, result, cfg)
	}
	if err := write(result); err != nil {
		return err
	}
	if len(result.Broken) > 0 {
		for _, b := range result.Broken {
			fmt.Fprintf(o.err, "deployctl: the rule %s could not run: %v\n", b.Rule, b.Reason)
		}
		return exitCode(exitError)
	}
	if !o.exitZero && result.Fails(cfg.FailSeverity()) {
		return exitCode(exitFindings)
	}
	return nil
}
