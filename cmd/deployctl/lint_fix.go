package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/aymanbagabas/go-udiff"

	"github.com/deployctl/deployctl/internal/atomicfile"
	"github.com/deployctl/deployctl/lint"
)

// showDiff writes what the fixes would change.
func (o *lintOptions) showDiff(f *lint.Fixed) error {
	for _, name := range slices.Sorted(maps.Keys(f.New)) {
		fmt.Fprint(o.out, udiff.Unified(name, name, f.Old[name], f.New[name]))
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
	for _, name := range slices.Sorted(maps.Keys(f.New)) {
		if _, ok := o.stdinText[name]; ok {
			continue
		}
		if err := atomicfile.Write(name, []byte(f.New[name]), 0o644); err != nil {
			return err
		}
	}
	if f.Applied > 0 {
		fmt.Fprintf(o.err, "mended %d in %d files\n", f.Applied, len(f.New))
	}
	return nil
}
