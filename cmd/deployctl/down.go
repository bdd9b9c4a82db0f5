package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/launch"
)

// ask sends a command to the run of the project that the arguments name.
func ask(c *cli.Context, command string) (*launch.Status, error) {
	dir, err := launch.Folder(c.Args().Slice())
	if err != nil {
		return nil, err
	}
	return launch.Ask(c.Context, dir, command)
}

func downCommand(streams) *cli.Command {
	return &cli.Command{
		Name:      "down",
		Usage:     "stop the pair that up runs",
		UsageText: "deployctl down [PATHS...]",
		Action: func(c *cli.Context) error {
			_, err := ask(c, "stop")
			return err
		},
	}
}

func reloadCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "reload",
		Usage:     "let the running pair read its configuration again, without dropping a request",
		UsageText: "deployctl reload [PATHS...]",
		Action: func(c *cli.Context) error {
			status, err := ask(c, "reload")
			if err != nil {
				return err
			}
			for _, u := range status.URLs {
				fmt.Fprintln(s.out, u)
			}
			return nil
		},
	}
}

func statusCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:        "status",
		Usage:       "show whether the pair runs, and where",
		UsageText:   "deployctl status [--format text|json] [PATHS...]",
		Description: "Exits with 1 when the pair does not run.",
		Flags:       []cli.Flag{&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json"}},
		Action: func(c *cli.Context) error {
			status, err := ask(c, "status")
			if err != nil {
				return notRunning(s, err)
			}
			switch c.String("format") {
			case "json":
				return json.NewEncoder(s.out).Encode(status)
			case "text":
				return showStatus(s, status)
			}
			return &usageError{fmt.Sprintf("unknown format %q: write text or json", c.String("format")), "status"}
		},
	}
}

// notRunning ends with 1 where nothing runs: that is an answer, and no failure.
func notRunning(s streams, err error) error {
	if err != launch.ErrNotRunning {
		return err
	}
	fmt.Fprintln(s.err, err)
	return exitCode(exitFindings)
}

func showStatus(s streams, status *launch.Status) error {
	fmt.Fprintf(s.out, "up since %s, process %d\n", status.Started.Local().Format(time.DateTime), status.PID)
	fmt.Fprintf(s.out, "nginx: %s, uWSGI: %s\n", status.Engines.Nginx, status.Engines.Uwsgi)
	for _, u := range status.URLs {
		fmt.Fprintln(s.out, u)
	}
	for _, p := range status.Processes {
		fmt.Fprintf(s.out, "%s: process %d\n", p.Name, p.PID)
	}
	for _, w := range status.Workers {
		fmt.Fprintf(s.out, "%s: worker %d, %d requests %s\n", w.File, w.PID, w.Requests, w.Request)
	}
	if status.Failure != "" {
		fmt.Fprintln(s.out, status.Failure)
	}
	return nil
}

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
