package dashboard

import (
	"fmt"
	"path/filepath"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/launch"
)

func (m *Model) findingRow(f *launch.Finding, width int, s styles) string {
	mark, style := " ", s.faint
	switch f.Severity {
	case diag.Error:
		mark, style = badMark, s.bad
	case diag.Warning:
		mark, style = oddMark, s.odd
	}
	place := fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
	return style.Render(mark+" ") + cut(s.faint.Render(clean(place))+"  "+clean(f.Message)+s.faint.Render("  ["+f.Rule+"]"), width-2)
}

func (m *Model) findingDetail(f *launch.Finding) []string {
	lines := []string{m.text(diag.T("%s: %s", f.Severity.Text(), f.Message)), f.Place.String(), ""}
	if f.Why != "" {
		lines = append(lines, f.Why, "")
	}
	if f.Help != "" {
		lines = append(lines, m.text(diag.T("To mend it: %s", f.Help)), "")
	}
	return append(lines, m.text(diag.T("`deployctl explain %s` says more", f.Rule)))
}

// severities counts the errors and the warnings among the findings.
func (m *Model) severities() (bad, odd int) {
	for _, f := range m.findings {
		switch f.Severity {
		case diag.Error:
			bad++
		case diag.Warning:
			odd++
		}
	}
	return bad, odd
}
