package manual

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/wrap"
	"github.com/deployctl/deployctl/lint"
)

// Index returns the list of the rules: a table for each family, which is the
// first word of a rule's name. summary gives a rule's line in the catalog's
// language.
func Index(rules []*lint.Rule, summary func(*lint.Rule) string, c diag.Catalog) string {
	var b strings.Builder
	say := func(t diag.Text) string { return t.In(c).String() }
	fmt.Fprintf(&b, "# %s\n\n%s\n", say(diag.T("Rules")),
		say(diag.T("%d rules. `deployctl explain RULE` shows a page on the terminal; `deployctl lint --select` and `--ignore` choose among them.", len(rules))))
	var families []string
	members := map[string][]*lint.Rule{}
	for _, r := range rules {
		family, _, _ := strings.Cut(r.ID, "-")
		if members[family] == nil {
			families = append(families, family)
		}
		members[family] = append(members[family], r)
	}
	for _, family := range families {
		fmt.Fprintf(&b, "\n## %s\n\n| %s | %s | %s | %s |\n|---|---|---|---|\n", family,
			say(diag.T("rule")), say(diag.T("severity")), say(diag.T("notes")), say(diag.T("what it finds")))
		slices.SortFunc(members[family], func(a, b *lint.Rule) int { return strings.Compare(a.ID, b.ID) })
		for _, r := range members[family] {
			fmt.Fprintf(&b, "| [%[1]s](%[1]s.md) | %s | %s | %s |\n", r.ID, say(r.Severity.Text()), say(Notes(r)),
				strings.ReplaceAll(summary(r), "|", `\|`))
		}
	}
	return b.String()
}

// Notes says in a word or two that a rule's findings can be mended, or that it
// is off by default; the zero text where there is nothing to say.
func Notes(r *lint.Rule) diag.Text {
	switch {
	case r.Fixable && r.Off:
		return diag.T("fixable, off")
	case r.Fixable:
		return diag.T("fixable")
	case r.Off:
		return diag.T("off")
	}
	return diag.Text{}
}

// Table returns the list of the rules for a terminal of so many cells, or, for
// 0, in lines of any length: one for each rule.
func Table(rules []*lint.Rule, summary func(*lint.Rule) string, c diag.Catalog, width int) string {
	rows := make([][3]string, len(rules))
	var columns [3]int
	for i, r := range rules {
		rows[i] = [3]string{r.ID, r.Severity.Text().In(c).String(), Notes(r).In(c).String()}
		for n, cell := range rows[i] {
			columns[n] = max(columns[n], wrap.Width(cell))
		}
	}
	left := columns[0] + columns[1] + columns[2] + 6
	room := width - left
	if width == 0 {
		room = math.MaxInt
	} else if room < minSummary {
		left, room = 4, max(width-4, minSummary) // below the name
	}
	var b strings.Builder
	for i, r := range rules {
		head := ""
		for n, cell := range rows[i] {
			head += wrap.Pad(cell, columns[n]) + "  "
		}
		if left == 4 {
			b.WriteString(strings.TrimRight(head, " ") + "\n")
			head = "    "
		}
		text := []rune(summary(r))
		for n, l := range wrap.Lines(text, room) {
			if n > 0 {
				head = strings.Repeat(" ", left)
			}
			b.WriteString(head + string(text[l.Start:l.End]) + "\n")
		}
	}
	return b.String()
}

// minSummary is the room, in cells, below which a summary goes to a line of its
// own.
const minSummary = 24
