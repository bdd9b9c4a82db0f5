package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/launch"
)

func checkCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "ask the pair for every route that its configuration knows, and say what came back",
		UsageText: "deployctl check [options] [PATHS...]",
		Description: "Starts the pair if it does not run, and stops it again. Exit codes: 0 every route answers as the files say, 1 one\n" +
			"does not, 2 the pair could not be asked.",
		Flags: append(engineFlags(),
			&cli.StringFlag{Name: "openapi", Usage: "contract whose GET operations are asked for too (default: the description's)"},
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text or json"},
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
			langFlag(),
		),
		Action: func(c *cli.Context) error {
			format := c.String("format")
			if format != "text" && format != "json" {
				return &usageError{fmt.Sprintf("unknown format %q: write text or json", format), "check"}
			}
			options, err := engineOptions(c, "check")
			if err != nil {
				return err
			}
			color, err := s.color(c.String("color"))
			if err != nil {
				return err
			}
			_, catalog, err := s.language(c.String("lang"), "check")
			if err != nil {
				return err
			}
			source, err := launch.Find(c.Args().Slice())
			if err != nil {
				return s.invalid(err, c.String("lang"))
			}
			contract := c.String("openapi")
			if d := source.Description; contract == "" && d != nil && d.OpenAPI != "" {
				contract = filepath.Join(source.Dir, d.OpenAPI)
			}
			paths, err := operations(contract)
			if err != nil {
				return err
			}
			all, err := launch.CheckSource(c.Context, source, options, paths...)
			if err != nil {
				return err
			}
			if format == "json" {
				err = launch.CheckJSON(s.out, all)
			} else {
				printer := &launch.Printer{Color: color}
				err = launch.CheckText(s.out, all, printer.Verdict, catalog)
			}
			if err == nil && slices.ContainsFunc(all, func(one launch.Checked) bool { return !one.OK }) {
				return exitCode(exitFindings)
			}
			return err
		},
	}
}

// operations returns a path for each operation of a contract that can be asked
// for without a body; none without a contract.
func operations(contract string) ([]string, error) {
	if contract == "" {
		return nil, nil
	}
	spec, err := api.Load(contract, api.LoadOptions{})
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, o := range spec.Operations() {
		if strings.EqualFold(o.Method, http.MethodGet) && len(o.Servers) > 0 {
			paths = append(paths, strings.TrimSuffix(o.Servers[0].Path, "/")+o.Example())
		}
	}
	return paths, nil
}
