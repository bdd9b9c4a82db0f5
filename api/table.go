package api

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// Report is what there is to say of a contract's coverage.
type Report struct {
	Covered      []Covered
	Undocumented []*site.Location
	Catalog      diag.Catalog // the language; nil for English
}

// NewReport works out the coverage of a contract by a pair.
func NewReport(s *Spec, p *pair.Pair, catalog diag.Catalog) *Report {
	covered := Coverage(s, p)
	return &Report{Covered: covered, Undocumented: Undocumented(covered, p), Catalog: catalog}
}

// Missed returns how many operations fail.
func (r *Report) Missed() int {
	n := 0
	for i := range r.Covered {
		if r.Covered[i].Missed() {
			n++
		}
	}
	return n
}

func (r *Report) say(t diag.Text) string { return t.In(r.Catalog).String() }

// rows returns the table's cells, the heads first.
func (r *Report) rows() [][]string {
	rows := [][]string{{r.say(diag.T("method")), r.say(diag.T("path")), r.say(diag.T("outcome")), r.say(diag.T("answered by")), r.say(diag.T("why"))}}
	for i := range r.Covered {
		c := &r.Covered[i]
		shown := c.Path
		if c.Base.Host != "" || strings.Trim(c.Base.Path, "/") != "" {
			shown = strings.TrimSuffix(c.Base.String(), "/") + c.Path
		}
		rows = append(rows, []string{c.Method, shown, r.say(c.Outcome.Text()), c.answeredBy(), r.say(c.Why)})
	}
	return rows
}

// answeredBy names the location with its place.
func (c *Covered) answeredBy() string {
	at, ok := c.Where()
	if !ok {
		return "-"
	}
	what := "server " + ServerName(c.Server)
	if c.Location != nil {
		what = Title(c.Location)
	}
	return what + " (" + spot(at) + ")"
}

func spot(l diag.Location) string {
	return fmt.Sprintf("%s:%d", l.File.Name, l.File.Pos(l.Span.Start).Line)
}

// totals returns the lines below the table.
func (r *Report) totals() []string {
	var lines []string
	for _, l := range r.Undocumented {
		lines = append(lines, r.say(diag.T("not in the contract: %s (%s)", Title(l), spot(l.Opener.HeadLocation()))))
	}
	switch missed := r.Missed(); {
	case len(r.Covered) == 0:
		return append(lines, r.say(diag.T("the contract has no operations")))
	case missed > 0:
		return append(lines, r.say(diag.T("%d of %d operations are not reached", missed, len(r.Covered))))
	}
	return append(lines, r.say(diag.T("%d operations, none of which is known to fail", len(r.Covered))))
}

// Text writes the table for a terminal.
func (r *Report) Text(w io.Writer) error {
	rows := r.rows()
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], runewidth.StringWidth(printable(cell)))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			cell = printable(cell)
			line.WriteString(cell + strings.Repeat(" ", widths[i]-runewidth.StringWidth(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	b.WriteByte('\n')
	for _, line := range r.totals() {
		b.WriteString(printable(line) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Markdown writes the table for a comment of a pull request.
func (r *Report) Markdown(w io.Writer) error {
	escape := strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", "`", "\\`", "*", "\\*", "_", "\\_")
	var b strings.Builder
	for i, row := range r.rows() {
		for _, cell := range row {
			b.WriteString("| " + escape.Replace(printable(cell)) + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("| --- ", len(row)) + "|\n")
		}
	}
	for _, line := range r.totals() {
		b.WriteString("\n" + escape.Replace(printable(line)) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// printable replaces what could drive a terminal: a contract is another's text.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, s)
}
