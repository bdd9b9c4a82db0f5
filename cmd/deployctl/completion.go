package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/api/apirule"
	"github.com/deployctl/deployctl/completion"
)

func completionCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:        "completion",
		Usage:       "print the script that teaches a shell this command line",
		UsageText:   "deployctl completion " + strings.Join(completion.Shells, "|"),
		Description: "The script says in its first lines where it goes.",
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return &usageError{"name a shell: " + strings.Join(completion.Shells, ", "), "completion"}
			}
			script, err := completion.Script(c.Args().First())
			if err != nil {
				return &usageError{err.Error(), "completion"}
			}
			_, err = io.WriteString(s.out, script)
			return err
		},
	}
}

// complete answers a shell's question. The words are those behind the
// program's name, the last one being typed.
func complete(app *cli.App, out io.Writer, words []string) error {
	if n := len(words); n > 0 && words[n-1] == `""` {
		words[n-1] = ""
	}
	arguments := func(command string) []completion.Candidate { return arguments(app, command) }
	for _, c := range completion.Candidates(app, words, arguments) {
		usage, _, _ := strings.Cut(c.Usage, "\n")
		if _, err := fmt.Fprintf(out, "%s\t%s\n", c.Word, usage); err != nil {
			return err
		}
	}
	return nil
}

// arguments returns the arguments of the commands that do not take files.
func arguments(app *cli.App, command string) []completion.Candidate {
	var found []completion.Candidate
	switch command {
	case "explain":
		for _, r := range apirule.All(nil) {
			found = append(found, completion.Candidate{Word: r.ID, Usage: r.Summary})
		}
	case "man":
		found = completion.Candidates(app, []string{""}, nil)
	case "completion":
		for _, shell := range completion.Shells {
			found = append(found, completion.Candidate{Word: shell})
		}
	}
	return found
}
