package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/launch"
)

func logsCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "logs",
		Usage:     "show the log of the running pair",
		UsageText: "deployctl logs [-f] [--format text|json] [PATHS...]",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "go on with what comes"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json (one object a line)"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
		},
		Action: func(c *cli.Context) error {
			color, err := s.color(c.String("color"))
			if err != nil {
				return err
			}
			dir, err := launch.Folder(c.Args().Slice())
			if err != nil {
				return err
			}
			ctx, stop := context.WithCancel(c.Context)
			defer stop()
			printer := &launch.Printer{Out: s.out, Color: color}
			show := printer.Print
			switch c.String("format") {
			case "json":
				encoder := json.NewEncoder(s.out)
				show = func(e launch.Event) {
					if encoder.Encode(e) != nil {
						stop() // nobody reads any more
					}
				}
			case "text":
			default:
				return &usageError{fmt.Sprintf("unknown format %q: write text or json", c.String("format")), "logs"}
			}
			return notRunning(s, launch.ReadLog(ctx, dir, c.Bool("follow"), show))
		},
	}
}
