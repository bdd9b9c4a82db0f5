package main

import (
	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/report"
	"github.com/deployctl/deployctl/nginx/directive"
)

// lintOptions are the command line of lint.
type lintOptions struct {
	streams
	paths                          []string
	fix, unsafe, diff, exitZero    bool
	interactive, accessible        bool
	formats                        []string
	output, color, lang, profile   string
	selected, ignored              []string
	minSeverity, failOn            string
	context, root, config, stdinAs string
	noConfig                       bool
	baseline, writeBaseline        string
	target                         lint.Target
	modules                        string
	live                           bool
	openapi                        string
	fetch                          bool
	stdinText                      map[string]string // what standard input held, by its name
}

func lintCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "lint",
		Usage:     "find what is wrong in nginx and uWSGI files, alone and together",
		UsageText: "deployctl lint [options] [PATHS...]",
		Description: "All that is named together is one deployment. PATHS are files and folders; without any, the current\n" +
			"folder. - reads standard input. Exit codes: 0 no findings that fail, 1 findings, 2 could not lint.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "fix", Usage: "mend what can be mended safely"},
			&cli.BoolFlag{Name: "unsafe", Usage: "with --fix: also what changes behavior on purpose"},
			&cli.BoolFlag{Name: "diff", Usage: "show what --fix would change, and write nothing"},
			&cli.BoolFlag{Name: "interactive", Usage: "walk through the findings on the terminal: mend, skip, or suppress each with a reason"},
			&cli.BoolFlag{Name: "accessible", Usage: "with --interactive: line by line, as a screen reader reads it (also with ACCESSIBLE=1)"},
			&cli.StringSliceFlag{Name: "format", Usage: report.Names() + "; NAME=FILE for a file of its own; may be repeated (default: text)"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "file for the format that names none"},
			&cli.StringFlag{Name: "profile", Usage: "default, strict, cis, mozilla-intermediate or mozilla-modern"},
			&cli.StringSliceFlag{Name: "select", Usage: "rules to run: IDs, prefixes such as pair-, or all"},
			&cli.StringSliceFlag{Name: "ignore", Usage: "rules to leave out"},
			&cli.StringFlag{Name: "min-severity", Usage: "leave out findings below error, warning or info"},
			&cli.StringFlag{Name: "fail-on", Usage: "exit with 1 from this severity on: error, warning or info (default: warning)"},
			&cli.BoolFlag{Name: "exit-zero", Usage: "exit with 0 whatever is found"},
			&cli.StringFlag{Name: "baseline", Usage: "file of findings that are known: only new ones are shown, and fail"},
			&cli.StringFlag{Name: "write-baseline", Usage: "write what is found into such a file, and exit with 0"},
			&cli.StringFlag{Name: "context", Usage: "where nginx fragments will be included, such as http,server"},
			&cli.StringFlag{Name: "root", Usage: "folder that stands for / in absolute paths"},
			&cli.StringFlag{Name: "stdin-filename", Usage: "name of the text on standard input"},
			&cli.StringFlag{Name: "config", Usage: "configuration file (default: the nearest " + lint.ConfigName + " or deployctl.ini)"},
			&cli.BoolFlag{Name: "no-config", Usage: "read no configuration file"},
			&cli.StringFlag{Name: "target-nginx", Usage: "nginx release that will run it (default: the newest stable one, " + directive.Stable + ")"},
			&cli.StringFlag{Name: "target-uwsgi", Usage: "uWSGI release that will run it"},
			&cli.StringFlag{Name: "target-modules", Usage: "modules of the nginx that will run it, such as debian-core,headers-more (default: any)"},
			&cli.BoolFlag{Name: "live", Usage: "the files lie on this very machine: look at its files, accounts, listeners, certificates and programs"},
			&cli.StringFlag{Name: "openapi", Usage: "OpenAPI contract that the routes are held against (default: that of deployctl.ini)"},
			&cli.BoolFlag{Name: "fetch", Usage: "let references of the contract lead to the network"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
			langFlag(),
		},
		Action: func(c *cli.Context) error {
			return runLint(c.Context, &lintOptions{
				streams: s, interactive: c.Bool("interactive"), accessible: c.Bool("accessible"), paths: c.Args().Slice(),
				fix: c.Bool("fix"), unsafe: c.Bool("unsafe"), diff: c.Bool("diff"), exitZero: c.Bool("exit-zero"),
				formats: c.StringSlice("format"), output: c.String("output"), color: c.String("color"), lang: c.String("lang"), profile: c.String("profile"), selected: c.StringSlice("select"), ignored: c.StringSlice("ignore"),
				minSeverity: c.String("min-severity"), failOn: c.String("fail-on"), context: c.String("context"), root: c.String("root"),
				config: c.String("config"), stdinAs: c.String("stdin-filename"), noConfig: c.Bool("no-config"),
				baseline: c.String("baseline"), writeBaseline: c.String("write-baseline"),
				target: lint.Target{Nginx: c.String("target-nginx"), Uwsgi: c.String("target-uwsgi")}, live: c.Bool("live"), modules: c.String("target-modules"),
				openapi: c.String("openapi"), fetch: c.Bool("fetch"),
			})
		},
	}
}
