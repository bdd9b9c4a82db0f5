package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/internal/pager"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/manual"
)

func rulesCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "rules",
		Usage:     "list the linter's rules",
		UsageText: "deployctl rules [--format table|json|markdown]",
		Flags:     []cli.Flag{&cli.StringFlag{Name: "format", Value: "table", Usage: "table, json or markdown"}, langFlag()},
		Action: func(c *cli.Context) error {
			language, catalog, err := s.language(c.String("lang"), "rules")
			if err != nil {
				return err
			}
			summary := func(r *lint.Rule) string { return lang.Summary(r, language) }
			switch c.String("format") {
			case "table":
				if !s.terminal {
					_, err = io.WriteString(s.out, manual.Table(apirule.All(nil), summary, catalog, 0))
					return err
				}
				return pager.Show(manual.Table(apirule.All(nil), summary, catalog, s.width()), s.out, s.err, s.env)
			case "markdown":
				_, err = io.WriteString(s.out, manual.Index(apirule.All(nil), summary, catalog))
				return err
			case "json":
				return ruleJSON(s, summary)
			}
			return &usageError{fmt.Sprintf("unknown format %q: write table, json or markdown", c.String("format")), "rules"}
		},
	}
}

func ruleJSON(s streams, summary func(*lint.Rule) string) error {
	type rule struct {
		ID       string `json:"id"`
		Severity string `json:"severity"`
		Fixable  bool   `json:"fixable"`
		Default  bool   `json:"default"`
		Summary  string `json:"summary"`
	}
	var all []rule
	for _, r := range apirule.All(nil) {
		all = append(all, rule{r.ID, r.Severity.String(), r.Fixable, !r.Off, summary(r)})
	}
	e := json.NewEncoder(s.out)
	e.SetIndent("", "  ")
	return e.Encode(all)
}
