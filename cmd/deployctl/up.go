package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/internal/lategc"
	"github.com/deployctl/deployctl/launch"
)

// upOptions are the command line of up.
type upOptions struct {
	streams
	paths                                  []string
	plan, detach, watch, open, tui         bool
	nginx, uwsgi, app, format, color, lang string
	launch.Options
}

func upCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "up",
		Usage:     "run the pair on this machine until Ctrl-C",
		UsageText: "deployctl up [options] [PATHS...]",
		Description: "Runs copies of the nginx and uWSGI files that fit this machine: other ports, your own account, the project's\n" +
			"folder. Without paths it runs deploy/ of the project, or what lies in the current folder.",
		Flags: append(engineFlags(),
			&cli.BoolFlag{Name: "plan", Usage: "show what would be rewritten, and run nothing"},
			&cli.BoolFlag{Name: "detach", Aliases: []string{"d"}, Usage: "return when the pair answers, and let it run in the background"},
			&cli.BoolFlag{Name: "watch", Usage: "reload when the configuration, the application's code or a template changes"},
			&cli.BoolFlag{Name: "tui", Usage: "show requests, processes, log and findings on the whole terminal, with keys to act on them"},
			&cli.BoolFlag{Name: "open", Usage: "open the first URL in a browser"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json, of --plan and --detach"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
			langFlag(),
		),
		Action: func(c *cli.Context) error {
			options, err := engineOptions(c, "up")
			if err != nil {
				return err
			}
			o := &upOptions{
				streams: s, paths: c.Args().Slice(), Options: options, format: c.String("format"), color: c.String("color"), lang: c.String("lang"),
				plan: c.Bool("plan"), detach: c.Bool("detach"), watch: c.Bool("watch"), open: c.Bool("open"), tui: c.Bool("tui"),
			}
			return o.run(c.Context)
		},
	}
}

func (o *upOptions) run(ctx context.Context) error {
	if !slices.Contains([]string{"text", "json"}, o.format) {
		return &usageError{fmt.Sprintf("unknown format %q: write text or json", o.format), "up"}
	}
	color, err := o.streams.color(o.color)
	if err != nil {
		return err
	}
	if err := o.screen(); err != nil {
		return err
	}
	source, err := launch.Find(o.paths)
	if err != nil {
		return o.invalid(err, o.lang)
	}
	switch {
	case o.plan:
		return o.showPlan(source)
	case o.detach:
		return o.background(ctx, source)
	}
	lategc.Usual()
	launch.LeaveProcessors()
	o.Findings = findings(o.streams, source.Paths, nil)
	up := launch.UpOptions{Options: o.Options, Watch: o.watch}
	hurry, stop := secondSignal()
	defer stop()
	up.Hurry = hurry
	if o.tui {
		return o.dashboard(ctx, source, up)
	}
	printer := &launch.Printer{Out: o.out, Color: color}
	if o.env(launch.Detached) == "" {
		up.Print = printer.Print
		up.Ready = func(s launch.Status) { o.ready(s) }
	}
	return launch.Up(ctx, source, up)
}

func (o *upOptions) ready(s launch.Status) {
	fmt.Fprintf(o.out, "nginx: %s, uWSGI: %s\n", s.Engines.Nginx, s.Engines.Uwsgi)
	for _, u := range s.URLs {
		fmt.Fprintf(o.out, "ready: %s\n", u)
	}
	if err := o.browse(s); err != nil {
		fmt.Fprintf(o.err, "deployctl: %v\n", err)
	}
}

// browse opens the first URL, where that was asked for.
func (o *upOptions) browse(s launch.Status) error {
	if !o.open || len(s.URLs) == 0 {
		return nil
	}
	return launch.OpenBrowser(s.URLs[0])
}

// screen tells what is wrong with --tui here.
func (o *upOptions) screen() error {
	switch {
	case !o.tui:
		return nil
	case o.detach || o.plan:
		return &usageError{"--tui shows a pair that runs here: leave --detach and --plan out", "up"}
	case !o.prompt || o.env("TERM") == "dumb":
		return &usageError{"--tui needs a terminal for its keys and its screen: leave it out, or watch from another terminal with `deployctl logs -f`", "up"}
	}
	return nil
}

func (o *upOptions) showPlan(source *launch.Source) error {
	_, catalog, err := o.language(o.lang, "up")
	if err != nil {
		return err
	}
	plan, names, err := launch.Preview(source, o.Options)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return plan.JSON(o.out, names, catalog)
	}
	return plan.Text(o.out, names, catalog)
}
