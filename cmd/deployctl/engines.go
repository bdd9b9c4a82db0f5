package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/launch"
)

// engineFlags are the options of every command that runs a pair.
func engineFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "nginx", Value: "auto", Usage: "auto, native or embedded; auto takes the installed one where it can"},
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
