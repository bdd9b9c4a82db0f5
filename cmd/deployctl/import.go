package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/internal/atomicfile"
	"github.com/deployctl/deployctl/pair"
	"github.com/deployctl/deployctl/project"
)

// importOptions are the command line of import.
type importOptions struct {
	streams
	paths     []string
	file      string
	root      string
	lang      string
	overwrite bool
}

func importCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "make a deployctl.ini of nginx and uWSGI files that are there",
		UsageText: "deployctl import [options] PATHS...",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Value: "-", Usage: "file to write; - for standard output"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite the file"},
			&cli.StringFlag{Name: "root", Usage: "folder that stands for / in absolute paths"},
			langFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return &usageError{"name the nginx and uWSGI files, such as uwsgi.ini nginx.conf", "import"}
			}
			return runImport(&importOptions{streams: s, paths: c.Args().Slice(), file: c.String("out"), root: c.String("root"), lang: c.String("lang"), overwrite: c.Bool("force")})
		},
	}
}

func runImport(o *importOptions) error {
	p, err := pair.Load(o.paths, pair.Options{Root: o.root})
	if err != nil {
		return err
	}
	imported, left := project.Import(p)
	text, err := imported.Marshal("")
	if err != nil {
		return err
	}
	if o.file == "-" {
		if _, err := fmt.Fprint(o.out, text); err != nil {
			return err
		}
	} else {
		if _, err := os.Stat(o.file); !errors.Is(err, fs.ErrNotExist) && !o.overwrite {
			return fmt.Errorf("%s stands here already: name another file with --out, or overwrite it with --force", o.file)
		}
		if err := atomicfile.Write(o.file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	for _, l := range left {
		at := l.File.Pos(l.Span.Start)
		line, _, _ := strings.Cut(l.Text, "\n")
		where := "kept as it is in " + l.Where
		if l.Where == "" {
			where = "not expressed: gen writes its own"
		}
		fmt.Fprintf(o.err, "%s:%d:%d: %s (%s)\n", l.File.Name, at.Line, at.Column, line, where)
	}
	// A description that lacks something is written all the same: its faults
	// say what to fill in.
	if _, err := project.Parse(project.FileName, text); err != nil {
		return o.invalid(err, o.lang)
	}
	return nil
}
