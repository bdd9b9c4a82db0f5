package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

type jsonPlace struct {
	Message string `json:"message"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

type jsonDiagnostic struct {
	Rule      string      `json:"rule"`
	Severity  string      `json:"severity"`
	Message   string      `json:"message"`
	File      string      `json:"file"`
	Line      int         `json:"line"`
	Column    int         `json:"column"`
	EndLine   int         `json:"endLine"`
	EndColumn int         `json:"endColumn"`
	Fixable   bool        `json:"fixable"`
	Related   []jsonPlace `json:"related"`
}

// JSON writes one object: {"version":1,"diagnostics":[...],"summary":{...}}.
// Lines and columns start at 1; columns count characters. It is written
// finding by finding, so that its size costs no memory.
func JSON(w io.Writer, r *lint.Result) error {
	b := bufio.NewWriter(w)
	b.WriteString(`{"version":1,"diagnostics":[`)
	for i, d := range r.Diagnostics {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		text, err := json.Marshal(toJSON(d))
		if err != nil {
			return fmt.Errorf("write json: %w", err)
		}
		b.Write(text)
	}
	errors, warnings, infos := r.Counts()
	fmt.Fprintf(b, "],\n"+`"summary":{"files":%d,"errors":%d,"warnings":%d,"infos":%d}}`+"\n", r.Files, errors, warnings, infos)
	return b.Flush()
}

func toJSON(d diag.Diagnostic) jsonDiagnostic {
	at := d.Range()
	j := jsonDiagnostic{
		Rule: d.Rule, Severity: d.Severity.String(), Message: d.Message.String(), File: d.File.Name,
		Line: at.Start.Line, Column: at.Start.Column, EndLine: at.End.Line, EndColumn: at.End.Column,
		Fixable: d.Fix != nil && !d.Fix.Unsafe, Related: []jsonPlace{},
	}
	for _, r := range d.Related {
		at := r.File.Pos(r.Span.Start)
		j.Related = append(j.Related, jsonPlace{r.Message.String(), r.File.Name, at.Line, at.Column})
	}
	return j
}
