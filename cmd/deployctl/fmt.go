package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/format"
	"github.com/deployctl/deployctl/pair"
)

// fmtOptions are the command line of fmt.
type fmtOptions struct {
	streams
	paths       []string
	check, diff bool
	stdinAs     string
}

func fmtCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "fmt",
		Usage:     "bring nginx and uWSGI files into one style",
		UsageText: "deployctl fmt [options] [PATHS...]",
		Description: "PATHS are files and folders; without any, the current folder. - reads standard input and writes standard\n" +
			"output. Only white space changes. A file with syntax errors is left alone. The names of the files that\n" +
			"change are printed. Exit codes: 0 done, 1 --check or --diff found a difference, 2 a file was left alone.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "check", Usage: "write nothing; exit with 1 when a file would change"},
			&cli.BoolFlag{Name: "diff", Usage: "write nothing; show the differences"},
			&cli.StringFlag{Name: "stdin-filename", Usage: "name of the text on standard input"},
		},
		Action: func(c *cli.Context) error {
			return runFmt(&fmtOptions{
				streams: s, paths: c.Args().Slice(), check: c.Bool("check"), diff: c.Bool("diff"), stdinAs: c.String("stdin-filename"),
			})
		},
	}
}

func runFmt(o *fmtOptions) error {
	if len(o.paths) == 0 {
		o.paths = []string{"."}
	}
	paths, texts, err := o.readStdin(o.paths, o.stdinAs)
	if err != nil {
		return err
	}
	changes, failed := format.Plan(paths, pair.Options{Overlay: texts})
	for _, c := range changes {
		_, piped := texts[c.Path]
		if piped && !o.check && !o.diff {
			texts[c.Path] = c.New
			continue
		}
		if err := o.change(c); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	if !o.check && !o.diff {
		for _, text := range texts {
			if _, err := io.WriteString(o.out, text); err != nil {
				return err
			}
		}
	}
	switch {
	case failed != nil:
		return failed
	case len(changes) > 0 && (o.check || o.diff):
		return exitCode(exitFindings)
	}
	return nil
}

// change shows or writes what the style changes in one file.
func (o *fmtOptions) change(c format.Change) error {
	if o.diff {
		return c.Diff(o.out)
	}
	if !o.check {
		if err := c.Write(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(o.out, c.Path)
	return err
}
