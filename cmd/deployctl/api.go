package main

import (
	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/lint/report"
)

// apiOptions are the command line of the commands about the contract.
type apiOptions struct {
	streams
	command        string // such as "api breaking"
	args           []string
	formats        []string
	output, failOn string
	color, lang    string
	context, root  string
	load           api.LoadOptions
	changelog      bool
}

func apiCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "api",
		Usage:     "hold an OpenAPI contract against the routes, and against its older version",
		UsageText: "deployctl api COMMAND [options] [arguments]",
		Subcommands: []*cli.Command{
			apiSubcommand(s, "breaking", "say what a new version of the contract breaks, and which location serves it", "OLD NEW [PATHS...]",
				"OLD and NEW are files, or revisions of git such as HEAD~1:openapi.yaml. PATHS are the nginx and uWSGI files; without\nany, the current folder. Exit codes: 0 nothing that fails, 1 breaking changes, 2 could not compare.", runAPIChanges),
			apiSubcommand(s, "changelog", "list all changes from one version of the contract to another", "OLD NEW [PATHS...]",
				"As breaking, with the changes that break nothing; it fails where --fail-on says so.", runAPIChanges),
			apiSubcommand(s, "coverage", "say of every operation of the contract what nginx does with it", "OPENAPI [PATHS...]",
				"PATHS are the nginx and uWSGI files; without any, the current folder. Exit codes: 0 every operation is reached, 1 one is\nnot, 2 could not tell. Text, json and markdown show the table; other formats the findings of the rules api-*.", runAPICoverage),
		},
	}
}

func apiSubcommand(s streams, name, usage, args, description string, run func(*apiOptions) error) *cli.Command {
	return &cli.Command{
		Name: name, Usage: usage, UsageText: "deployctl api " + name + " [options] " + args, Description: description,
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "format", Usage: report.Names() + "; NAME=FILE for a file of its own; may be repeated (default: text)"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "file for the format that names none"},
			&cli.StringFlag{Name: "fail-on", Usage: "exit with 1 from this severity on: error, warning or info"},
			&cli.BoolFlag{Name: "fetch", Usage: "let references of the contract lead to the network"},
			&cli.StringFlag{Name: "context", Usage: "where nginx fragments will be included, such as http,server"},
			&cli.StringFlag{Name: "root", Usage: "folder that stands for / in absolute paths"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
			langFlag(),
		},
		Action: func(c *cli.Context) error {
			return run(&apiOptions{
				streams: s, command: "api " + name, args: c.Args().Slice(), formats: c.StringSlice("format"), output: c.String("output"), failOn: c.String("fail-on"),
				color: c.String("color"), lang: c.String("lang"), context: c.String("context"), root: c.String("root"),
				load: api.LoadOptions{Fetch: c.Bool("fetch")}, changelog: name == "changelog",
			})
		},
	}
}
