package report

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// The escapes of GitHub's workflow commands (actions/toolkit, command.ts).
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// GitHub writes findings as workflow commands, which GitHub Actions shows as
// annotations in the changed files.
func GitHub(w io.Writer, r *lint.Result) error {
	b := bufio.NewWriter(w)
	for _, d := range r.Diagnostics {
		at := d.Range()
		fmt.Fprintf(b, "::%s file=%s,line=%d", githubLevel(d.Severity), commandProperty.Replace(slashed(d.File.Name)), at.Start.Line)
		if at.End.Line == at.Start.Line {
			fmt.Fprintf(b, ",col=%d,endColumn=%d", at.Start.Column, at.End.Column)
		} else {
			fmt.Fprintf(b, ",endLine=%d", at.End.Line) // columns are for one line only
		}
		fmt.Fprintf(b, ",title=%s::%s\n", commandProperty.Replace(d.Rule), commandData.Replace(whole(d)))
	}
	return b.Flush()
}

func githubLevel(s diag.Severity) string {
	if s == diag.Info {
		return "notice"
	}
	return s.String()
}

// whole returns everything a finding says: the message, and on lines of their
// own the related places, why and help.
func whole(d diag.Diagnostic) string {
	var b strings.Builder
	b.WriteString(d.Message.String())
	for _, r := range d.Related {
		at := r.File.Pos(r.Span.Start)
		fmt.Fprintf(&b, "\n%s:%d:%d: %s", r.File.Name, at.Line, at.Column, r.Message)
	}
	for _, t := range []diag.Text{d.Why, d.Help} {
		if !t.IsZero() {
			b.WriteString("\n" + t.String())
		}
	}
	return b.String()
}

// slashed returns a path as services on other machines write it.
func slashed(path string) string { return filepath.ToSlash(filepath.Clean(path)) }
