package main

import (
	"fmt"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/baseline"
)

// maxStale is how many entries that can be removed are listed.
const maxStale = 20

// remember writes what was found as a baseline.
func (o *lintOptions) remember(r *lint.Result) error {
	n, err := baseline.Write(o.writeBaseline, r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.err, "wrote %d findings to %s\n", n, o.writeBaseline)
	return err
}

// forget drops the findings that are known, and says which entries of the
// baseline can be removed.
func (o *lintOptions) forget(known *baseline.Baseline, r *lint.Result, cfg lint.Config) *lint.Result {
	fresh, stale := known.Apply(r, cfg, apirule.All(nil))
	if len(stale) > 0 {
		fmt.Fprintf(o.err, "%s: %d entries are found no more, or less often, and can be removed (--write-baseline %s writes it again):\n", o.baseline, len(stale), o.baseline)
	}
	for i, e := range stale {
		if i == maxStale {
			fmt.Fprintf(o.err, "  and %d more\n", len(stale)-i)
			break
		}
		fmt.Fprintf(o.err, "  %s: %s: %q (%d)\n", e.File, e.Rule, e.Text, e.Count)
	}
	return fresh
}
