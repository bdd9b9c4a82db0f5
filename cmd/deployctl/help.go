package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/internal/nearest"
)

// finishCommand gives a command, and those below it, the program's own manners.
func finishCommand(c *cli.Command) {
	c.OnUsageError = onUsageError
	c.CustomHelpTemplate = commandHelp
	c.HideHelpCommand = true
	for _, sub := range c.Subcommands {
		finishCommand(sub)
	}
	if len(c.Subcommands) > 0 {
		c.CustomHelpTemplate = groupHelp
		c.Action = func(ctx *cli.Context) error {
			if name := ctx.Args().First(); name != "" {
				return unknownCommand(c.Subcommands, c.Name, name)
			}
			return cli.ShowSubcommandHelp(ctx)
		}
	}
}

const appHelp = `{{.Usage}}

Usage: {{.UsageText}}

Commands:
{{range .VisibleCommands}}  {{printf "%-10s" .Name}}  {{.Usage}}
{{end}}
Run ` + "`deployctl COMMAND --help`" + ` for a command's options.
`

const groupHelp = `{{.Usage}}

Usage: {{.UsageText}}

Commands:
{{range .VisibleCommands}}  {{printf "%-10s" .Name}}  {{.Usage}}
{{end}}
Run ` + "`deployctl {{.Name}} COMMAND --help`" + ` for a command's options.
`

const commandHelp = `{{.Usage}}

Usage: {{.UsageText}}
{{if .Description}}
{{.Description}}
{{end}}
Options:
{{range .VisibleFlags}}  {{.}}
{{end}}`

func onUsageError(c *cli.Context, err error, _ bool) error {
	return &usageError{err.Error(), c.Command.Name}
}

// unknownCommand is the error for a name that none of the commands below
// another one has.
func unknownCommand(commands []*cli.Command, below, name string) error {
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	message := fmt.Sprintf("unknown command %q", name)
	if n := nearest.Name(name, names); n != "" {
		message += fmt.Sprintf("; did you mean %q?", n)
	}
	return &usageError{message, below}
}
