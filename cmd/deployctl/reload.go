package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

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
