package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// Set by the linker. Without it, commit and date are those that go build saw.
var (
	version      = "dev"
	commit, date string // date of the commit, RFC 3339
)

// The releases that the tables of directives and options were read off.
const (
	nginxReleases = "1.9.0 to 1.31.4"
	uwsgiReleases = "2.0.10 to 2.0.30"
)

func versionCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "show the version and what its tables know",
		UsageText: "deployctl version [--format text|json]",
		Flags:     []cli.Flag{&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json"}},
		Action: func(c *cli.Context) error {
			v := struct {
				Version string `json:"version"`
				Commit  string `json:"commit"`
				Date    string `json:"date"`
				Go      string `json:"go"`
				Nginx   string `json:"nginx"`
				Uwsgi   string `json:"uwsgi"`
			}{Version: version, Commit: commit, Date: date, Go: runtime.Version(), Nginx: nginxReleases, Uwsgi: uwsgiReleases}
			if info, ok := debug.ReadBuildInfo(); ok && commit == "" {
				for _, setting := range info.Settings {
					switch setting.Key {
					case "vcs.revision":
						v.Commit = setting.Value
					case "vcs.time":
						v.Date = setting.Value
					}
				}
			}
			switch c.String("format") {
			case "json":
				return json.NewEncoder(s.out).Encode(v)
			case "text":
				_, err := fmt.Fprintf(s.out, "deployctl %s (%s)\nnginx directives of %s\nuWSGI options of %s\n", v.Version, v.Go, v.Nginx, v.Uwsgi)
				return err
			}
			return &usageError{fmt.Sprintf("unknown format %q: write text or json", c.String("format")), "version"}
		},
	}
}
