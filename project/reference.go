package project

import (
	"fmt"
	"strings"
)

// Reference returns the description of deployctl.ini in Markdown, made of the
// same table that reads it.
func Reference() string {
	var b strings.Builder
	b.WriteString(`# deployctl.ini

The one file a person edits. ` + "`deployctl init`" + ` writes it, ` + "`deployctl gen`" + ` renders everything else from it. Times are written
as ` + "`60s`, `5m`, `1h`, `365d`" + ` or a number of seconds, sizes as ` + "`8k`, `10m`" + ` or a number of bytes, lists with spaces or commas.
Text of several lines stands between ` + "`\"\"\"`" + `. A comment starts with ` + "`;` or `#`" + `. An unknown key is an error.
`)
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## [%s]\n\n%s.\n\n", s.name, s.doc)
		table(&b, s.fields)
	}
	b.WriteString("\n## [env]\n\nEnvironment variables of the application, `NAME = value`, in order.\n")
	b.WriteString("\n## [uwsgi]\n\nOptions copied to the end of uwsgi.ini as they are, in order; a key may repeat.\n")
	b.WriteString("\n## [server.NAME]\n\nA server block of nginx. Without any there is one called main, on port 80.\n\n")
	table(&b, serverFields)
	b.WriteString("\n## [route.NAME]\n\nA location. Without any there is one called app, which passes everything to the application.\n\n")
	table(&b, routeFields)
	b.WriteString("\n## [backend.NAME]\n\nAn application server among several. Without any, requests go to the endpoint of [app].\n\n")
	table(&b, backendFields)
	b.WriteString("\n## [lint]\n\nThe linter: `profile` (see lint.md), `select`, `ignore` (rules or prefixes such as `pair-`), `severity.RULE` (error, warning, info or off), `min-severity`, `fail`,\n`reasons-required`, `target-modules`. The same keys may stand in a `.deployctl-lint.ini`.\n")
	return b.String()
}

func table[T any](b *strings.Builder, fs []field[T]) {
	b.WriteString("| key | default | meaning |\n|---|---|---|\n")
	for _, f := range fs {
		def := ""
		if f.def != "" {
			def = "`" + f.def + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.name, def, f.doc)
	}
}
