package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/launch"
)

// upOptions are the command line of up.
type upOptions struct {
	streams
	paths                                  []string
	plan, detach, watch, open              bool
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
				plan: c.Bool("plan"), detach: c.Bool("detach"), watch: c.Bool("watch"), open: c.Bool("open"),
			}
			return o.run(c.Context)
		},
	}
}

// engineFlags are the options of every command that runs a pair.
func engineFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "nginx", Value: "auto", Usage: "auto (the installed one where it can), native or embedded"},
		&cli.StringFlag{Name: "uwsgi", Value: "auto", Usage: "auto, native or embedded"},
		&cli.StringFlag{Name: "app", Usage: "stub: answer each request with what the application would be told, without Python"},
		&cli.StringFlag{Name: "python", Usage: "interpreter of the embedded application server (default: the virtualenv's, or the system's)"},
		&cli.BoolFlag{Name: "strict", Usage: "fail where a directive or option would not be executed"},
	}
}

func engineOptions(c *cli.Context, command string) (launch.Options, error) {
	o := launch.Options{Stub: c.String("app") == "stub", Strict: c.Bool("strict"), Python: c.String("python")}
	if app := c.String("app"); app != "" && app != "stub" {
		return o, &usageError{fmt.Sprintf("--app: unknown application %q: write stub, or leave it out", app), command}
	}
	var err error
	if o.Nginx, err = launch.ParseChoice(c.String("nginx")); err != nil {
		return o, &usageError{"--nginx: " + err.Error(), command}
	}
	if o.Uwsgi, err = launch.ParseChoice(c.String("uwsgi")); err != nil {
		return o, &usageError{"--uwsgi: " + err.Error(), command}
	}
	return o, nil
}

func (o *upOptions) run(ctx context.Context) error {
	if !slices.Contains([]string{"text", "json"}, o.format) {
		return &usageError{fmt.Sprintf("unknown format %q: write text or json", o.format), "up"}
	}
	color, err := o.streams.color(o.color)
	if err != nil {
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
	o.Findings = findings(o.streams, source.Paths)
	up := launch.UpOptions{Options: o.Options, Watch: o.watch}
	printer := &launch.Printer{Out: o.out, Color: color}
	if o.env(launch.Detached) == "" {
		up.Print = printer.Print
		up.Ready = func(s launch.Status) { o.ready(s) }
	}
	hurry, stop := secondSignal()
	defer stop()
	up.Hurry = hurry
	return launch.Up(ctx, source, up)
}

func (o *upOptions) ready(s launch.Status) {
	fmt.Fprintf(o.out, "nginx: %s, uWSGI: %s\n", s.Engines.Nginx, s.Engines.Uwsgi)
	for _, u := range s.URLs {
		fmt.Fprintf(o.out, "ready: %s\n", u)
	}
	if o.open && len(s.URLs) > 0 {
		if err := launch.OpenBrowser(s.URLs[0]); err != nil {
			fmt.Fprintf(o.err, "deployctl: %v\n", err)
		}
	}
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

// background runs this command again without --detach.
func (o *upOptions) background(ctx context.Context, source *launch.Source) error {
	args := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(a string) bool {
		return slices.Contains([]string{"--detach", "-detach", "-d", "--detach=true"}, a)
	})
	s, err := launch.Detach(ctx, source.Dir, os.Args[0], args)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return json.NewEncoder(o.out).Encode(struct {
			PID     int                `json:"pid"`
			URLs    []string           `json:"urls"`
			Engines launch.EngineNames `json:"engines"`
		}{s.PID, s.URLs, s.Engines})
	}
	o.ready(*s)
	return nil
}

// secondSignal returns a channel that is closed when the person asks a second
// time to stop.
func secondSignal() (<-chan struct{}, func()) {
	signals, hurry := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for n := 0; n < 2; n++ {
			if _, ok := <-signals; !ok {
				return
			}
		}
		close(hurry)
	}()
	return hurry, func() {
		signal.Stop(signals)
		close(signals)
	}
}
