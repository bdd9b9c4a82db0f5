package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/launch"
)

// routeOptions are the command line of route.
type routeOptions struct {
	streams
	url, method, format, lang string
	paths, headers            []string
	send                      bool
}

func routeCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "route",
		Usage:     "show which server and location answer a URL, why, and where it ends",
		UsageText: "deployctl route [options] URL [PATHS...]",
		Description: "URL is as a visitor types it, or a path alone. Nothing is run: rewrites, returns and try_files are followed as far\n" +
			"as the files tell. --send also asks the running pair.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "method", Aliases: []string{"X"}, Value: http.MethodGet, Usage: "method of the request"},
			&cli.StringSliceFlag{Name: "header", Aliases: []string{"H"}, Usage: "header of the request, NAME: VALUE; may be repeated"},
			&cli.BoolFlag{Name: "send", Usage: "also show what the running pair answers"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json"},
			langFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return &usageError{"name a URL or a path", "route"}
			}
			o := &routeOptions{
				streams: s, url: c.Args().First(), paths: c.Args().Tail(), method: c.String("method"), headers: c.StringSlice("header"),
				format: c.String("format"), lang: c.String("lang"), send: c.Bool("send"),
			}
			return o.run(c.Context)
		},
	}
}

func (o *routeOptions) run(ctx context.Context) error {
	if o.format != "text" && o.format != "json" {
		return &usageError{fmt.Sprintf("unknown format %q: write text or json", o.format), "route"}
	}
	_, catalog, err := o.language(o.lang, "route")
	if err != nil {
		return err
	}
	header := http.Header{}
	for _, h := range o.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return &usageError{fmt.Sprintf("--header: %q has no colon: write NAME: VALUE", h), "route"}
		}
		header.Add(name, strings.TrimSpace(value))
	}
	source, err := launch.Find(o.paths)
	if err != nil {
		return o.invalid(err, o.lang)
	}
	plan, _, err := launch.Preview(source, launch.Options{Nginx: launch.Embedded, Uwsgi: launch.Embedded})
	if err != nil {
		return err
	}
	status, notRunning := launch.Ask(ctx, source.Dir, "status")
	if notRunning == nil {
		plan.RunsAs(status)
	}
	q, err := plan.Request(o.url, o.method, header)
	if err != nil {
		return err
	}
	result := plan.Route(q)
	var answer *launch.Answer
	if o.send {
		if notRunning != nil {
			return notRunning
		}
		if answer, err = launch.Send(ctx, status, q); err != nil {
			return err
		}
	}
	if o.format == "json" {
		if answer == nil {
			return result.JSON(o.out, q, catalog, nil)
		}
		return result.JSON(o.out, q, catalog, answer)
	}
	if err := result.Text(o.out, q, catalog); err != nil || answer == nil {
		return err
	}
	_, err = fmt.Fprintf(o.out, "\n%s\n", answer.Text().In(catalog))
	if err == nil && answer.Location != "" {
		_, err = fmt.Fprintf(o.out, "  -> %s\n", answer.Location)
	}
	return err
}
