package manpage

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/urfave/cli/v2"
)

// ending is what the program's page says behind its commands, in Markdown: exit
// codes, environment and files.
//
//go:embed program.md
var ending string

// Program returns the page of the program in section 1, in roff.
func Program(app *cli.App) string {
	var b strings.Builder
	head(&b, app.Name, app.Usage, app.UsageText)
	commands(&b, app.Name, app.Commands)
	b.WriteString(ending)
	return string(md2man.Render([]byte(b.String())))
}

// Command returns the page of a command in section 1, in roff. The commands
// below it stand on it.
func Command(app *cli.App, c *cli.Command) string {
	var b strings.Builder
	head(&b, app.Name+"-"+c.Name, c.Usage, c.UsageText)
	if c.Description != "" {
		b.WriteString("# DESCRIPTION\n")
	}
	description(&b, c)
	options(&b, "# OPTIONS", c)
	for _, sub := range c.Subcommands {
		if sub.Hidden {
			continue
		}
		fmt.Fprintf(&b, "# %s\n%s.\n\n**%s**\n\n", strings.ToUpper(sub.Name), text(sub.Usage), text(sub.UsageText))
		description(&b, sub)
		options(&b, "", sub)
	}
	fmt.Fprintf(&b, "# SEE ALSO\n**%s**(1)\n", app.Name)
	return string(md2man.Render([]byte(b.String())))
}

// head writes the title and the first two sections of a page.
func head(b *strings.Builder, name, usage, synopsis string) {
	fmt.Fprintf(b, "%% %s 1\n\n# NAME\n%s - %s\n\n# SYNOPSIS\n", strings.ToUpper(name), name, text(usage))
	for _, line := range strings.Split(synopsis, "\n") {
		fmt.Fprintf(b, "**%s**\n\n", text(strings.TrimSpace(line)))
	}
}

func description(b *strings.Builder, c *cli.Command) {
	if c.Description != "" {
		fmt.Fprintf(b, "%s\n\n", text(c.Description))
	}
}

func commands(b *strings.Builder, program string, all []*cli.Command) {
	b.WriteString("# COMMANDS\n")
	for _, c := range all {
		if !c.Hidden {
			fmt.Fprintf(b, "**%s-%s**(1)\n: %s\n\n", program, c.Name, text(c.Usage))
		}
	}
}

func options(b *strings.Builder, title string, c *cli.Command) {
	flags := c.VisibleFlags()
	if len(flags) == 0 {
		return
	}
	fmt.Fprintf(b, "%s\n", title)
	for _, f := range flags {
		d, ok := f.(cli.DocGenerationFlag)
		if !ok {
			continue
		}
		names := f.Names()
		for i, n := range names {
			dashes := "--"
			if len(n) == 1 {
				dashes = "-"
			}
			names[i] = "**" + dashes + n + "**"
		}
		fmt.Fprintf(b, "%s", strings.Join(names, ", "))
		if d.TakesValue() {
			b.WriteString(" *value*")
		}
		fmt.Fprintf(b, "\n: %s", text(d.GetUsage()))
		if v := strings.Trim(d.GetDefaultText(), `"`); d.TakesValue() && v != "" {
			fmt.Fprintf(b, " (default: %s)", text(v))
		}
		b.WriteString("\n\n")
	}
}

// text keeps Markdown from reading signs that a help text means as they are.
var text = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, "[", `\[`, "|", `\|`, "#", `\#`).Replace
