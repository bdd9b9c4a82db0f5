package manpage

import (
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func testApp() *cli.App {
	return &cli.App{Name: "tool", Usage: "do *things*", UsageText: "tool COMMAND", Commands: []*cli.Command{
		{Name: "lint", Usage: "find", UsageText: "tool lint [options]", Description: "All [of] it.", Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Usage: "NAME_OF=FILE"},
			&cli.BoolFlag{Name: "fix", Usage: "mend"},
			&cli.BoolFlag{Name: "secret", Usage: "x", Hidden: true},
		}},
		{Name: "api", Usage: "hold", UsageText: "tool api COMMAND", Subcommands: []*cli.Command{
			{Name: "coverage", Usage: "tell", UsageText: "tool api coverage FILE"},
			{Name: "shadow", Hidden: true},
		}},
		{Name: "inner", Hidden: true},
	}}
}

func TestPages(t *testing.T) {
	t.Parallel()
	app := testApp()
	for _, c := range []struct {
		name, page   string
		want, absent []string
	}{
		{"program", Program(app),
			[]string{".TH TOOL 1", `tool \- do *things*`, `\fBtool COMMAND\fP`, ".SH COMMANDS", `\fBtool-lint\fP(1)` + "\nfind", ".SH EXIT STATUS", ".SH SEE ALSO"},
			[]string{"tool-inner"}},
		{"a command", Command(app, app.Commands[0]),
			[]string{".TH TOOL-LINT 1", `\fBtool lint [options]\fP`, ".SH DESCRIPTION\nAll [of] it.", `\fB--format\fP, \fB-f\fP \fIvalue\fP` + "\nNAME_OF=FILE (default: text)", `\fB--fix\fP` + "\nmend", `\fBtool\fP(1)`},
			[]string{"secret", "mend (default"}},
		{"commands below it", Command(app, app.Commands[1]),
			[]string{".SH COVERAGE\ntell.", `\fBtool api coverage FILE\fP`},
			[]string{"shadow", "SHADOW", ".SH OPTIONS"}},
	} {
		for _, want := range c.want {
			if !strings.Contains(c.page, want) {
				t.Errorf("%s lacks %q:\n%s", c.name, want, c.page)
			}
		}
		for _, absent := range c.absent {
			if strings.Contains(c.page, absent) {
				t.Errorf("%s has %q", c.name, absent)
			}
		}
	}
}
