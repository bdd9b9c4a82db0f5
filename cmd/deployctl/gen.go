package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/gen"
	"github.com/deployctl/deployctl/project"
	"github.com/deployctl/deployctl/setup"
)

// genOptions are the command line of gen.
type genOptions struct {
	streams
	dir, out           string
	check, diff, force bool
	render             gen.Options
}

func genCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "gen",
		Usage:     "render the files of deployctl.ini again",
		UsageText: "deployctl gen [options] [DIR]",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "check", Usage: "write nothing; exit with 1 when the files differ"},
			&cli.BoolFlag{Name: "diff", Usage: "write nothing; show the differences"},
			&cli.StringFlag{Name: "out", Usage: "folder for the files (default: DIR/" + setup.Deploy + ")"},
			&cli.StringFlag{Name: "target", Usage: "what to render: " + either(gen.Targets()) + " (default: the description's)"},
			&cli.BoolFlag{Name: "site", Usage: "a fragment for sites-available in place of a whole nginx.conf"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite files that were edited (a copy stays)"},
			&cli.StringFlag{Name: "lang", Usage: "language of the comments: en or zh (default: the description's)"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return &usageError{"name one folder", "gen"}
			}
			o := &genOptions{
				streams: s, dir: c.Args().First(), out: c.String("out"), check: c.Bool("check"), diff: c.Bool("diff"), force: c.Bool("force"),
				render: gen.Options{Target: c.String("target"), Site: c.Bool("site"), Lang: c.String("lang")},
			}
			return runGen(o)
		},
	}
}

func runGen(o *genOptions) error {
	if o.dir == "" {
		o.dir = "."
	}
	if l := o.render.Lang; l != "" && l != "en" && l != "zh" {
		return &usageError{fmt.Sprintf("--lang: unknown language %q: write en or zh", l), "gen"}
	}
	if t := o.render.Target; t != "" {
		if err := gen.Target(t); err != nil {
			return &usageError{"--target: " + err.Error(), "gen"}
		}
	}
	path := filepath.Join(o.dir, project.FileName)
	p, err := project.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist: `deployctl init` writes one for a project, `deployctl import` for a pair that is there", path)
	}
	if err != nil {
		return o.invalid(err, o.render.Lang)
	}
	if p, err = api.Routes(p); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	files, err := gen.Render(p, o.render)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if o.out == "" {
		o.out = filepath.Join(o.dir, setup.Deploy)
	}
	plan, err := gen.NewPlan(o.out, files)
	if err != nil {
		return err
	}
	if o.diff {
		if err := plan.Diff(o.streams.out); err != nil {
			return err
		}
	}
	if o.check {
		return o.report(plan)
	}
	if o.diff {
		return nil
	}
	if err := plan.Apply(o.force); err != nil {
		return err
	}
	for _, s := range plan.Steps {
		if s.Copy != "" {
			fmt.Fprintf(o.streams.out, "%-10s %s (the edited one is %s now)\n", "overwrite", filepath.Join(plan.Dir, s.Path), s.Copy)
			continue
		}
		fmt.Fprintf(o.streams.out, "%-10s %s\n", s.Action, filepath.Join(plan.Dir, s.Path))
	}
	return conflicts(o.streams, plan, o.force)
}

// report says what differs, and ends with 1 when something does.
func (o *genOptions) report(plan *gen.Plan) error {
	if !plan.Changed() {
		return nil
	}
	for _, s := range plan.Steps {
		if s.Action != gen.Unchanged {
			fmt.Fprintf(o.err, "%-10s %s\n", s.Action, filepath.Join(plan.Dir, s.Path))
		}
	}
	return exitCode(exitFindings)
}
