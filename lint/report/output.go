package report

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/deployctl/deployctl/internal/atomicfile"
	"github.com/deployctl/deployctl/lint"
)

// Output is one report: a format, and the file that it goes to; "" for
// standard output.
type Output struct {
	Format
	File string
}

// ParseOutputs reads formats as they are asked for: NAME, or NAME=FILE. Those
// without a file of their own go to file, or to standard output; no two may go
// to the same place.
func ParseOutputs(specs []string, file string) ([]Output, error) {
	if len(specs) == 0 {
		specs = []string{"text"}
	}
	var outputs []Output
	taken := map[string]string{}
	for _, spec := range specs {
		name, to, own := strings.Cut(spec, "=")
		f, err := find(name)
		switch {
		case err != nil:
			return nil, err
		case own && to == "":
			return nil, fmt.Errorf("the format %q names no file after the =", spec)
		case !own:
			to = file
		}
		if to == "-" {
			to = ""
		}
		if first, ok := taken[to]; ok {
			where := to
			if to == "" {
				where = "standard output"
			}
			return nil, fmt.Errorf("%s and %s would both be written to %s: give one a file, as in %s=FILE", first, name, where, name)
		}
		taken[to] = name
		outputs = append(outputs, Output{f, to})
	}
	return outputs, nil
}

// Write writes all reports of a run. A file appears when its report is whole.
func Write(outputs []Output, stdout io.Writer, r *lint.Result, opts Options) error {
	for _, o := range outputs {
		if o.File == "" {
			if err := o.show(stdout, r, opts); err != nil {
				return err
			}
			continue
		}
		plain := opts
		plain.Color = false
		if err := toFile(o.File, func(w io.Writer) error { return o.show(w, r, plain) }); err != nil {
			return err
		}
	}
	return nil
}

// show writes one report.
func (o Output) show(w io.Writer, r *lint.Result, opts Options) error {
	if own := opts.Own[o.Name]; own != nil {
		return own(w)
	}
	return o.write(w, r, opts)
}

// toFile writes a file whole or not at all; a pipe or a device is written to.
func toFile(path string, write func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		defer f.Close()
		return write(f)
	}
	return atomicfile.WriteFrom(path, 0o644, write)
}
