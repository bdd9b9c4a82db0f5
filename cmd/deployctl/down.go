package main

import (
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
