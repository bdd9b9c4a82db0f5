package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabFinding struct {
	Description string         `json:"description"`
	Check       string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

// GitLab writes a Code Quality report. Its fingerprints stay when lines move,
// so that a merge request shows only what it brought.
func GitLab(w io.Writer, r *lint.Result) error {
	b := bufio.NewWriter(w)
	b.WriteByte('[')
	prints := lint.Fingerprints(r.Diagnostics)
	for i, d := range r.Diagnostics {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		at := d.Range()
		prints[i].File = slashed(prints[i].File)
		text, err := json.Marshal(gitlabFinding{
			Description: d.Message.String(), Check: d.Rule, Fingerprint: prints[i].Hash(), Severity: gitlabSeverity(d.Severity),
			Location: gitlabLocation{prints[i].File, gitlabLines{at.Start.Line, at.End.Line}},
		})
		if err != nil {
			return fmt.Errorf("write the GitLab report: %w", err)
		}
		b.Write(text)
	}
	b.WriteString("\n]\n")
	return b.Flush()
}

func gitlabSeverity(s diag.Severity) string {
	switch s {
	case diag.Error:
		return "critical"
	case diag.Warning:
		return "major"
	}
	return "info"
}
