package completion

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	app := &cli.App{Commands: []*cli.Command{
		{Name: "lint", Usage: "find", Flags: []cli.Flag{
			&cli.BoolFlag{Name: "fix", Usage: "mend, or not"},
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "text, json or sarif-2; NAME=FILE for a file"},
			&cli.StringFlag{Name: "fail-on", Usage: "from this severity on: error, warning or info"},
			&cli.StringFlag{Name: "output", Usage: "the file"},
			&cli.StringFlag{Name: "secret", Usage: "a or b", Hidden: true},
		}},
		{Name: "list", Usage: "show"},
		{Name: "api", Subcommands: []*cli.Command{{Name: "breaking"}, {Name: "hidden", Hidden: true}}},
	}}
	arguments := func(command string) []Candidate { return []Candidate{{Word: "of " + command}} }
	for _, c := range []struct {
		name  string
		words []string
		want  []string
	}{
		{"nothing", nil, nil},
		{"all commands", []string{""}, []string{"lint", "list", "api"}},
		{"a command begun", []string{"lis"}, []string{"list"}},
		{"an unknown command", []string{"x", ""}, nil},
		{"commands below one", []string{"api", ""}, []string{"breaking"}},
		{"options", []string{"lint", "--f"}, []string{"--fix", "--format", "--fail-on"}},
		{"all options", []string{"lint", "a", "-"}, []string{"--fix", "--format", "--fail-on", "--output", "--help"}},
		{"an option's values", []string{"lint", "--format", ""}, []string{"text", "json", "sarif-2"}},
		{"a short option's", []string{"lint", "-f", "s"}, []string{"sarif-2"}},
		{"values behind a colon", []string{"lint", "--fail-on", "w"}, []string{"warning"}},
		{"no values are listed", []string{"lint", "--output", ""}, nil},
		{"a switch has none", []string{"lint", "--fix", ""}, []string{"of lint"}},
		{"arguments", []string{"api", "breaking", ""}, []string{"of api breaking"}},
	} {
		var got []string
		for _, found := range Candidates(app, c.words, arguments) {
			got = append(got, found.Word)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestScript(t *testing.T) {
	t.Parallel()
	for _, shell := range Shells {
		if script, err := Script(shell); err != nil || len(script) < 100 {
			t.Errorf("%s: %q, %v", shell, script, err)
		}
	}
	if _, err := Script("tcsh"); err == nil || err.Error() != `unknown shell "tcsh": there are scripts for bash, zsh, fish, powershell` {
		t.Error(err)
	}
}
