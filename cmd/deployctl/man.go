package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/manpage"
)

func manCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:        "man",
		Usage:       "print the manual page of the program, or of a command",
		UsageText:   "deployctl man [COMMAND]",
		Description: "deployctl man lint | man -l -",
		Action: func(c *cli.Context) error {
			page := manpage.Program(c.App)
			switch c.NArg() {
			case 0:
			case 1:
				command := c.App.Command(c.Args().First())
				if command == nil {
					return unknownCommand(c.App.Commands, "man", c.Args().First())
				}
				page = manpage.Command(c.App, command)
			default:
				return &usageError{fmt.Sprintf("a manual page is of one command, and %q is another", c.Args().Get(1)), "man"}
			}
			_, err := io.WriteString(s.out, page)
			return err
		},
	}
}
