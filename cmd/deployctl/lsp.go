package main

import (
	"errors"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/internal/lategc"
	"github.com/deployctl/deployctl/lsp"
)

func lspCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "lsp",
		Usage:     "serve an editor: findings, fixes, hover and completion as you type",
		UsageText: "deployctl lsp",
		Description: "Speaks the Language Server Protocol over standard input and output; an editor starts it. docs/editors.md\n" +
			"has the settings for VS Code, Neovim and Helix.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "stdio", Usage: "what it does anyway; some editors say so"},
			langFlag(),
		},
		Action: func(c *cli.Context) error {
			_, catalog, err := s.language(c.String("lang"), "lsp")
			if err != nil {
				return err
			}
			lategc.Usual()
			err = lsp.Serve(c.Context, s.in, s.out, lsp.Options{Version: version, Bind: apirule.Bind(false), Catalog: catalog})
			if errors.Is(err, lsp.ErrNoShutdown) {
				return exitCode(exitFindings) // what the protocol asks for
			}
			return err
		},
	}
}
