package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
)

// home is the project's address, which reports lead to.
const home = "https://github.com/deployctl/deployctl"

// SARIF writes a log in SARIF 2.1.0: the rules with their help, and the
// findings with fixes, related places, and a way through these places.
func SARIF(w io.Writer, r *lint.Result, opts Options) error {
	text, err := json.MarshalIndent(sarifLog(r, opts), "", " ")
	if err != nil {
		return fmt.Errorf("write SARIF: %w", err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

func sarifLog(r *lint.Result, opts Options) *sarif.Report {
	run := sarif.NewRunWithInformationURI("deployctl", home)
	run.WithColumnKind("unicodeCodePoints") // columns count characters
	if opts.Lang != "" {
		run.WithLanguage(opts.Lang)
		run.Tool.Driver.WithLanguage(opts.Lang)
	}
	if opts.Version != "" {
		run.Tool.Driver.WithVersion(opts.Version)
	}
	index := map[string]int{}
	if opts.Rules != nil {
		for i, rule := range opts.Rules() {
			index[rule.ID] = i
			run.Tool.Driver.AddRule(sarifRule(rule))
		}
	}
	prints := lint.Fingerprints(r.Diagnostics)
	for i, d := range r.Diagnostics {
		prints[i].File = slashed(prints[i].File)
		result := sarifResult(d).WithPartialFingerprints(map[string]string{"deployctl/v1": prints[i].Hash()})
		if at, ok := index[d.Rule]; ok {
			result.WithRuleIndex(at)
		}
		run.AddResult(result)
	}
	run.AddInvocation(sarif.NewInvocation().WithExecutionSuccessful(len(r.Broken) == 0))
	return sarif.NewReport().AddRun(run)
}

func sarifRule(r Rule) *sarif.ReportingDescriptor {
	config := sarif.NewReportingConfiguration().WithLevel(sarifLevel(r.Severity)).WithEnabled(!r.Off)
	address := fmt.Sprintf("%s/blob/main/docs/rules/%s.md", home, r.ID)
	return sarif.NewReportingDescriptor().WithID(r.ID).WithName(r.ID).WithHelpURI(address).WithDefaultConfiguration(config).
		WithShortDescription(sarif.NewMultiformatMessageString().WithText(r.Summary)).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(plain(r.Text)).WithMarkdown(r.Text)).
		WithHelp(sarif.NewMultiformatMessageString().WithText(plain(r.Text) + "\n\n" + address).WithMarkdown(r.Text + "\n\n[" + r.ID + "](" + address + ")"))
}

// plain takes the marks of emphasis and code off a text in Markdown.
func plain(markdown string) string { return strings.NewReplacer("**", "", "`", "").Replace(markdown) }

func sarifResult(d diag.Diagnostic) *sarif.Result {
	text := d.Message.String()
	for _, t := range []diag.Text{d.Why, d.Help} {
		if !t.IsZero() {
			text += "\n" + t.String()
		}
	}
	result := sarif.NewRuleResult(d.Rule).WithLevel(sarifLevel(d.Severity)).WithMessage(sarif.NewTextMessage(text)).
		WithLocations([]*sarif.Location{sarifLocation(d.Location)})
	if len(d.Related) > 0 {
		flow := sarif.NewThreadFlow().AddLocation(step(d.Location, d.Message))
		for i, r := range d.Related {
			result.AddRelatedLocation(sarifLocation(r.Location).WithID(i).WithMessage(sarif.NewTextMessage(r.Message.String())))
			flow.AddLocation(step(r.Location, r.Message))
		}
		result.AddCodeFlow(sarif.NewCodeFlow().AddThreadFlow(flow))
	}
	if d.Fix != nil && len(d.Fix.Edits) > 0 && !d.Fix.Unsafe {
		result.WithFixes([]*sarif.Fix{sarifFix(d.Fix)})
	}
	return result
}

func step(l diag.Location, message diag.Text) *sarif.ThreadFlowLocation {
	return sarif.NewThreadFlowLocation().WithLocation(sarifLocation(l).WithMessage(sarif.NewTextMessage(message.String())))
}

func sarifLocation(l diag.Location) *sarif.Location {
	return sarif.NewLocation().WithPhysicalLocation(sarif.NewPhysicalLocation().
		WithArtifactLocation(artifact(l.File.Name)).WithRegion(region(l)))
}

func region(l diag.Location) *sarif.Region {
	at := l.Range()
	return sarif.NewRegion().WithStartLine(at.Start.Line).WithStartColumn(at.Start.Column).WithEndLine(at.End.Line).WithEndColumn(at.End.Column)
}

// artifact names a file: below the root of the sources where the path is relative.
func artifact(path string) *sarif.ArtifactLocation {
	address := url.URL{Path: slashed(path)}
	if filepath.IsAbs(path) {
		address.Scheme = "file"
		return sarif.NewArtifactLocation().WithURI(address.String())
	}
	return sarif.NewArtifactLocation().WithURI(address.String()).WithURIBaseID("%SRCROOT%")
}

func sarifFix(f *diag.Fix) *sarif.Fix {
	fix := sarif.NewFix().WithDescription(sarif.NewTextMessage(f.Message.String()))
	changes := map[*diag.File]*sarif.ArtifactChange{}
	for _, e := range f.Edits {
		change := changes[e.File]
		if change == nil {
			change = sarif.NewArtifactChange().WithArtifactLocation(artifact(e.File.Name))
			changes[e.File] = change
			fix.AddArtifactChange(change)
		}
		change.AddReplacement(sarif.NewReplacement().WithDeletedRegion(region(diag.Location{File: e.File, Span: e.Span})).
			WithInsertedContent(sarif.NewArtifactContent().WithText(e.New)))
	}
	return fix
}

func sarifLevel(s diag.Severity) string {
	switch s {
	case diag.Error:
		return "error"
	case diag.Warning:
		return "warning"
	}
	return "note"
}
