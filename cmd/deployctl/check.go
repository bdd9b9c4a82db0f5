package main

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/launch"
)

func checkCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "ask the pair for every route that its configuration knows, and say what came back",
		UsageText: "deployctl check [options] [PATHS...]",
		Description: "Starts the pair if it does not run, and stops it again. Exit codes: 0 every route answers as the files say, 1 one\n" +
			"does not, 2 the pair could not be asked.",
		Flags: append(engineFlags(),
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
			langFlag(),
		),
		Action: func(c *cli.Context) error {
			format := c.String("format")
			if format != "text" && format != "json" {
				return &usageError{fmt.Sprintf("unknown format %q: write text or json", format), "check"}
			}
			options, err := engineOptions(c, "check")
			if err != nil {
				return err
			}
			color, err := s.color(c.String("color"))
			if err != nil {
				return err
			}
			_, catalog, err := s.language(c.String("lang"), "check")
			if err != nil {
				return err
			}
			source, err := launch.Find(c.Args().Slice())
			if err != nil {
				return s.invalid(err, c.String("lang"))
			}
			all, err := launch.CheckSource(c.Context, source, options)
			if err != nil {
				return err
			}
			if format == "json" {
				err = launch.CheckJSON(s.out, all)
			} else {
				printer := &launch.Printer{Color: color}
				err = launch.CheckText(s.out, all, printer.Verdict, catalog)
			}
			if err == nil && slices.ContainsFunc(all, func(one launch.Checked) bool { return !one.OK }) {
				return exitCode(exitFindings)
			}
			return err
		},
	}
}
