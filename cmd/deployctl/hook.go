package main

import (
	"context"
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/hook"
	"github.com/deployctl/deployctl/internal/nearest"
)

// hookOptions are the command line of hook.
type hookOptions struct {
	streams
	files              []string
	force, check, site bool
	baseline           string
	lint               lintOptions // color and language
}

func hookCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "hook",
		Usage:     "check what a git commit brings",
		UsageText: "deployctl hook install|uninstall|run|lint|fmt|gen [options] [FILES...]",
		Description: "install     write a pre-commit hook for this repository; uninstall removes it\n" +
			"run         lint what is staged, and see that generated files are up to date: what the hook does\n" +
			"lint, fmt, gen   one of it for FILES, as .pre-commit-hooks.yaml calls them\n\n" +
			"A commit that touches one side of a deployment is linted with the other one. It fails on findings in its\n" +
			"files and on those about both sides; others do not stop it.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "force", Usage: "install: put another hook aside"},
			&cli.BoolFlag{Name: "check", Usage: "fmt: write nothing"},
			&cli.BoolFlag{Name: "site", Usage: "install, run, gen: the files were rendered with --site"},
			&cli.StringFlag{Name: "baseline", Usage: "install, run, lint: file of findings that are known"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
			langFlag(),
		},
		Action: func(c *cli.Context) error {
			o := &hookOptions{
				streams: s, force: c.Bool("force"), check: c.Bool("check"), site: c.Bool("site"), baseline: c.String("baseline"),
				lint: lintOptions{streams: s, color: c.String("color"), lang: c.String("lang")},
			}
			if c.NArg() > 0 {
				o.files = c.Args().Tail()
			}
			return o.dispatch(c.Context, c.Args().First())
		},
	}
}

// options returns what the installed hook is to be called with.
func (o *hookOptions) options() []string {
	var options []string
	if o.baseline != "" {
		options = append(options, "--baseline", o.baseline)
	}
	if o.site {
		options = append(options, "--site")
	}
	return options
}

func (o *hookOptions) dispatch(ctx context.Context, action string) error {
	switch action {
	case "lint":
		return o.runLint()
	case "fmt":
		return o.runFmt()
	case "gen":
		return o.runGen()
	}
	if len(o.files) > 0 {
		return &usageError{fmt.Sprintf("hook %s takes no files", action), "hook"}
	}
	switch action {
	case "run":
		return o.runStaged(ctx)
	case "install":
		program, err := os.Executable()
		if err != nil {
			return err
		}
		path, err := hook.Install(ctx, "", program, o.options(), o.force)
		if err != nil {
			return err
		}
		fmt.Fprintf(o.out, "wrote %s\n", path)
		return nil
	case "uninstall":
		path, err := hook.Uninstall(ctx, "")
		if err != nil {
			return err
		}
		fmt.Fprintf(o.out, "removed %s\n", path)
		return nil
	case "":
		return &usageError{"say what to do: install, uninstall, run, lint, fmt or gen", "hook"}
	}
	message := fmt.Sprintf("unknown action %q: write install, uninstall, run, lint, fmt or gen", action)
	if near := nearest.Name(action, []string{"install", "uninstall", "run", "lint", "fmt", "gen"}); near != "" {
		message = fmt.Sprintf("unknown action %q; did you mean %s?", action, near)
	}
	return &usageError{message, "hook"}
}
