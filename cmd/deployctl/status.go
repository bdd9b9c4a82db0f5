package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/launch"
)

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
