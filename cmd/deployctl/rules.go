package main

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/lint/rules"
)

func rulesCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "rules",
		Usage:     "list the linter's rules",
		UsageText: "deployctl rules [--format table|json]",
		Flags:     []cli.Flag{&cli.StringFlag{Name: "format", Value: "table", Usage: "table or json"}},
		Action: func(c *cli.Context) error {
			switch c.String("format") {
			case "table":
				return ruleTable(s)
			case "json":
				return ruleJSON(s)
			}
			return &usageError{fmt.Sprintf("unknown format %q: write table or json", c.String("format")), "rules"}
		},
	}
}

func ruleTable(s streams) error {
	for _, r := range rules.All() {
		fix := ""
		if r.Fixable {
			fix = "fix"
		}
		if _, err := fmt.Fprintf(s.out, "%-28s %-8s %-4s %s\n", r.ID, r.Severity, fix, r.Summary); err != nil {
			return err
		}
	}
	return nil
}

func ruleJSON(s streams) error {
	type rule struct {
		ID       string `json:"id"`
		Severity string `json:"severity"`
		Fixable  bool   `json:"fixable"`
		Default  bool   `json:"default"`
		Summary  string `json:"summary"`
	}
	var all []rule
	for _, r := range rules.All() {
		all = append(all, rule{r.ID, r.Severity.String(), r.Fixable, !r.Off, r.Summary})
	}
	e := json.NewEncoder(s.out)
	e.SetIndent("", "  ")
	return e.Encode(all)
}
