package main

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/lint/rules"
)

func rulesCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "rules",
		Usage:     "list the linter's rules",
		UsageText: "deployctl rules [--format table|json]",
		Flags:     []cli.Flag{&cli.StringFlag{Name: "format", Value: "table", Usage: "table or json"}, langFlag()},
		Action: func(c *cli.Context) error {
			language, err := lang.Of(c.String("lang"), s.env)
			if err != nil {
				return &usageError{err.Error(), "rules"}
			}
			switch c.String("format") {
			case "table":
				return ruleTable(s, language)
			case "json":
				return ruleJSON(s, language)
			}
			return &usageError{fmt.Sprintf("unknown format %q: write table or json", c.String("format")), "rules"}
		},
	}
}

func ruleTable(s streams, language string) error {
	for _, r := range rules.All() {
		fix := ""
		if r.Fixable {
			fix = "fix"
		}
		if _, err := fmt.Fprintf(s.out, "%-28s %-8s %-4s %s\n", r.ID, r.Severity, fix, lang.Summary(r, language)); err != nil {
			return err
		}
	}
	return nil
}

func ruleJSON(s streams, language string) error {
	type rule struct {
		ID       string `json:"id"`
		Severity string `json:"severity"`
		Fixable  bool   `json:"fixable"`
		Default  bool   `json:"default"`
		Summary  string `json:"summary"`
	}
	var all []rule
	for _, r := range rules.All() {
		all = append(all, rule{r.ID, r.Severity.String(), r.Fixable, !r.Off, lang.Summary(r, language)})
	}
	e := json.NewEncoder(s.out)
	e.SetIndent("", "  ")
	return e.Encode(all)
}
