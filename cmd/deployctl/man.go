package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"
)

func manCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:        "man",
		Usage:       "print the manual page",
		UsageText:   "deployctl man",
		Description: "deployctl man | man -l -",
		Action: func(c *cli.Context) error {
			page, err := c.App.ToManWithSection(1)
			if err != nil {
				return fmt.Errorf("make the manual page: %w", err)
			}
			_, err = io.WriteString(s.out, page)
			return err
		},
	}
}
