package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/deployctl/deployctl/lint"
)

// TestSARIFSchema validates logs against the schema of SARIF 2.1.0, which the
// library holds.
func TestSARIFSchema(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*lint.Result{"a sample": sample(), "nothing": {}, "a broken rule": {Broken: []lint.Broken{{Rule: "x"}}}} {
		for _, opts := range []Options{{}, {Version: "1", Lang: "zh", Rules: described}} {
			if err := sarifLog(r, opts).Validate(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	log := sarifLog(sample(), Options{})
	log.Runs[0].Results[0].WithLevel("fatal")
	if log.Validate() == nil {
		t.Error("a level that does not exist passes the validation")
	}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	log, err := sarif.FromString(written(t, "sarif", sample()), sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if *run.ColumnKind != "unicodeCodePoints" || *run.Tool.Driver.Version != "1.2.3" || len(run.Tool.Driver.Rules) != 2 {
		t.Errorf("%s, %s, %d rules", *run.ColumnKind, *run.Tool.Driver.Version, len(run.Tool.Driver.Rules))
	}
	y := run.Tool.Driver.Rules[0]
	if *y.Help.Text != "why y z\n\nhttps://github.com/deployctl/deployctl/blob/main/docs/rules/nginx-y.md" || !strings.HasPrefix(*y.Help.Markdown, "why **y** `z`") || !y.DefaultConfiguration.Enabled {
		t.Errorf("nginx-y: help %q, %q", *y.Help.Text, *y.Help.Markdown)
	}
	if x := run.Tool.Driver.Rules[1]; x.DefaultConfiguration.Enabled || x.DefaultConfiguration.Level != "error" {
		t.Errorf("pair-x: %+v", x.DefaultConfiguration)
	}
	first := run.Results[0]
	if first.RuleIndex != 1 || first.Level != "error" || *first.Message.Text != "50% of \"<&>\"\r\nand, more: 中\nit answers 502\nwrite y" {
		t.Errorf("rule %d, level %s, %q", first.RuleIndex, first.Level, *first.Message.Text)
	}
	place := first.Locations[0].PhysicalLocation
	if *place.ArtifactLocation.URI != "sites/a,b:%20100%25.conf" || *place.ArtifactLocation.URIBaseID != "%SRCROOT%" {
		t.Errorf("the file is %s", *place.ArtifactLocation.URI)
	}
	if got := []int{*place.Region.StartLine, *place.Region.StartColumn, *place.Region.EndLine, *place.Region.EndColumn}; !cmp.Equal(got, []int{2, 8, 2, 13}) {
		t.Errorf("the region is %v", got)
	}
	if r := first.RelatedLocations[0]; *r.Message.Text != "the other end" || *r.PhysicalLocation.ArtifactLocation.URI != "file:///srv/app/uwsgi.ini" || r.PhysicalLocation.ArtifactLocation.URIBaseID != nil {
		text, _ := json.Marshal(r)
		t.Errorf("related: %s", text)
	}
	if steps := first.CodeFlows[0].ThreadFlows[0].Locations; len(steps) != 2 || *steps[1].Location.Message.Text != "the other end" {
		t.Errorf("%d steps", len(steps))
	}
	if changes := first.Fixes[0].ArtifactChanges; len(changes) != 2 || *changes[0].Replacements[0].InsertedContent.Text != "y" || *changes[1].Replacements[0].DeletedRegion.StartColumn != *changes[1].Replacements[0].DeletedRegion.EndColumn {
		t.Errorf("%d changes", len(changes))
	}
	if len(run.Results[2].Fixes) != 0 {
		t.Error("an unsafe fix is offered")
	}
	if first.PartialFingerprints["deployctl/v1"] == "" || first.PartialFingerprints["deployctl/v1"] == run.Results[1].PartialFingerprints["deployctl/v1"] {
		t.Errorf("fingerprints: %v", first.PartialFingerprints)
	}
}
