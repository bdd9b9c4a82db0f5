package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/setup"
)

// initOptions are the command line of init.
type initOptions struct {
	streams
	folder      setup.Folder
	yes, force  bool
	accessible  bool // ask line by line
	lang        string
	answers     string            // file to take the answers from
	saveAnswers string            // file to write them to
	set         []string          // KEY=VALUE
	flags       map[string]string // options that stand for a key, by name
	domain      string
	named       bool // the callable is named
}

// values collects a flag that may be repeated, and splits nothing at commas.
type values []string

func (v *values) Set(s string) error { *v = append(*v, s); return nil }
func (v *values) String() string     { return strings.Join(*v, " ") }

func initCommand(s streams) *cli.Command {
	set := &values{}
	return &cli.Command{
		Name:      "init",
		Usage:     "look at a project and write its deployctl.ini, uwsgi.ini, nginx.conf and unit",
		UsageText: "deployctl init [options] [DIR]",
		Description: "On a terminal a wizard asks, with the files beside the questions; it writes once its last screen is confirmed.\n" +
			"An interrupted wizard goes on where it stopped.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "take what was found and the defaults, without questions"},
			&cli.BoolFlag{Name: "accessible", Usage: "ask line by line, as a screen reader reads it (also with ACCESSIBLE=1)"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite generated files that were edited (a copy stays)"},
			&cli.StringFlag{Name: "lang", Usage: "language of the questions and of the comments: en or zh"},
			&cli.StringFlag{Name: "name", Usage: "name of the project"},
			&cli.StringFlag{Name: "module", Usage: "the WSGI callable, package.module:name"},
			&cli.StringFlag{Name: "root", Usage: "the project's folder on the server"},
			&cli.StringFlag{Name: "domain", Usage: "host names, separated by commas"},
			&cli.StringFlag{Name: "endpoint", Usage: "where uWSGI listens: unix:/path or host:port"},
			&cli.GenericFlag{Name: "set", Value: set, Usage: "KEY=VALUE of the description, such as limits.body=20m; may be repeated"},
			&cli.StringFlag{Name: "answers", Usage: "file of such lines: take the answers from it, without questions"},
			&cli.StringFlag{Name: "save-answers", Usage: "write the answers to such a file"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return &usageError{"name one folder", "init"}
			}
			o := &initOptions{
				streams: s, folder: setup.Folder{Dir: c.Args().First()}, yes: c.Bool("yes"), force: c.Bool("force"), accessible: c.Bool("accessible"),
				lang: c.String("lang"), answers: c.String("answers"), saveAnswers: c.String("save-answers"), set: *set, domain: c.String("domain"),
				flags: map[string]string{}, named: c.IsSet("module"),
			}
			for _, f := range setup.Flags {
				if c.IsSet(f.Name) {
					o.flags[f.Name] = c.String(f.Name)
				}
			}
			if o.folder.Dir == "" {
				o.folder.Dir = "."
			}
			return runInit(c.Context, o)
		},
	}
}
