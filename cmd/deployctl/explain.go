package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/internal/nearest"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/lint/rules"
)

func explainCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "show a rule's manual page",
		UsageText: "deployctl explain [options] RULE",
		Flags:     []cli.Flag{langFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return &usageError{"name one rule, such as pair-socket-mismatch", "explain"}
			}
			language, err := lang.Of(c.String("lang"), s.env)
			if err != nil {
				return &usageError{err.Error(), "explain"}
			}
			var names []string
			for _, r := range rules.All() {
				if r.ID == c.Args().First() {
					page, err := lang.Page(r, language)
					if err != nil {
						return err
					}
					_, err = fmt.Fprintf(s.out, "# %s\n\n%s\n\n%s", page.Title, page.Intro, r.Examples())
					return err
				}
				names = append(names, r.ID)
			}
			message := fmt.Sprintf("no rule is called %q", c.Args().First())
			if n := nearest.Name(c.Args().First(), names); n != "" {
				message += "; did you mean " + n + "?"
			}
			return &usageError{message, "explain"}
		},
	}
}
