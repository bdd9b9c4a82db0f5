package main

import (
	"fmt"
	"io"

	"github.com/deployctl/deployctl/lint"
)

// showDiff writes what the fixes would change.
func (o *lintOptions) showDiff(f *lint.Fixed) error {
	if err := f.Diff(o.out); err != nil {
		return err
	}
	if len(f.New) > 0 && !o.exitZero {
		return exitCode(exitFindings)
	}
	return nil
}

// writeFixed writes the files that the fixes changed; standard input goes to
// standard output.
func (o *lintOptions) writeFixed(f *lint.Fixed) error {
	for name, text := range o.stdinText {
		if mended, ok := f.New[name]; ok {
			text = mended
		}
		if _, err := io.WriteString(o.out, text); err != nil {
			return err
		}
	}
	if err := f.Write(o.stdinText); err != nil {
		return err
	}
	if f.Applied > 0 {
		fmt.Fprintf(o.err, "mended %d in %d files\n", f.Applied, len(f.New))
	}
	if f.Dropped > 0 {
		fmt.Fprintf(o.err, "left %d unmended: a file would have read worse than before\n", f.Dropped)
	}
	return nil
}
