package api

import (
	"fmt"

	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/pair"
)

// Changes compares two versions of a contract. Each finding carries oasdiff's
// name of the change as its rule, lies in the newer version where the change has
// a place there, and says which location of the pair serves the operation; p
// may be nil. With all, changes that break nothing are among them, as infos.
func Changes(old, new *Spec, p *pair.Pair, all bool) ([]diag.Diagnostic, error) {
	level := checker.WARN
	if all {
		level = checker.INFO
	}
	var changes checker.Changes
	err := guarded(func() error {
		compared, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), old.info, new.info)
		if err == nil {
			changes = checker.CheckBackwardCompatibilityUntilLevel(checker.NewConfig(checker.GetAllChecks()), compared, sources, level)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("compare %s with %s: %w", old.Name, new.Name, err)
	}
	words := checker.NewDefaultLocalizer()
	serving := routes(old, new, p)
	var found []diag.Diagnostic
	for _, change := range changes {
		d := diag.Diagnostic{Rule: change.GetId(), Severity: severity(change.GetLevel()), Location: diag.Location{File: new.file}}
		if at := change.GetRevisionSource(); at != nil {
			d.Location, _ = new.place(at.File, at.Line, at.Column)
		}
		if at := change.GetBaseSource(); at != nil {
			if before, ok := old.place(at.File, at.Line, at.Column); ok {
				d.Related = append(d.Related, diag.Related{Location: before, Message: diag.T("it was this before")})
			}
		}
		d.Message = diag.T("%s", change.GetUncolorizedText(words))
		if change.GetPath() != "" {
			d.Message = diag.T("%s %s: %s", change.GetOperation(), change.GetPath(), change.GetUncolorizedText(words))
		}
		if comment := change.GetComment(words); comment != "" {
			d.Why = diag.T("%s", comment)
		}
		for _, c := range serving[change.GetOperation()+" "+change.GetPath()] {
			if at, ok := c.Where(); ok {
				d.Related = append(d.Related, diag.Related{Location: at, Message: diag.T("%s is answered here: %s", c.URL.Path, c.Why)})
			}
		}
		found = append(found, d)
	}
	return diag.Sort(found), nil
}

// routes returns what answers the operations of both versions; the newer one's
// word counts.
func routes(old, new *Spec, p *pair.Pair) map[string][]Covered {
	serving := map[string][]Covered{}
	if p == nil {
		return serving
	}
	for _, s := range []*Spec{old, new} {
		fresh := map[string][]Covered{}
		for _, c := range Coverage(s, p) {
			key := c.Method + " " + c.Path
			fresh[key] = append(fresh[key], c)
		}
		for key, c := range fresh {
			serving[key] = c
		}
	}
	return serving
}

func severity(l checker.Level) diag.Severity {
	switch l {
	case checker.ERR:
		return diag.Error
	case checker.WARN:
		return diag.Warning
	}
	return diag.Info
}
