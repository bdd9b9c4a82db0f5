package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/internal/markdown"
	"github.com/deployctl/deployctl/internal/pager"
	"github.com/deployctl/deployctl/lang"
	"github.com/deployctl/deployctl/lint/rules"
	"github.com/deployctl/deployctl/manual"
)

func explainCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "explain",
		Usage:     "show rules' manual pages",
		UsageText: "deployctl explain [options] RULE...",
		Description: "Why the rule is there, the symptom with its log line, examples, and how to mend it. On a terminal a long page goes\n" +
			"through the program that PAGER names, or less; elsewhere it is Markdown.",
		Flags: []cli.Flag{
			langFlag(),
			&cli.StringFlag{Name: "color", Value: "auto", Usage: "auto, always or never"},
		},
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return &usageError{"name a rule, such as pair-socket-mismatch", "explain"}
			}
			return runExplain(s, c.Args().Slice(), c.String("lang"), c.String("color"))
		},
	}
}

func runExplain(s streams, names []string, flag, colorFlag string) error {
	language, catalog, err := s.language(flag, "explain")
	if err != nil {
		return err
	}
	color, err := s.color(colorFlag)
	if err != nil {
		return err
	}
	var pages []string
	for _, name := range names {
		r, err := rules.Named(apirule.All(nil), name)
		if err != nil {
			return &usageError{err.Error(), "explain"}
		}
		page, err := lang.Page(r, language)
		if err != nil {
			return err
		}
		pages = append(pages, manual.Page(r, page, catalog))
	}
	text := strings.Join(pages, "\n")
	if s.terminal || color {
		if text, err = markdown.Terminal(text, s.width(), color); err != nil {
			return err
		}
	}
	if !s.terminal {
		_, err := io.WriteString(s.out, text)
		return err
	}
	if err := pager.Show(text, s.out, s.err, s.env); err != nil {
		return fmt.Errorf("show the page: %w", err)
	}
	return nil
}
