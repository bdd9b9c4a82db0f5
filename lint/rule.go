package lint

import (
	"slices"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/pair"
)

// Rule is data plus one function.
type Rule struct {
	// ID is the rule's name in reports and suppression comments.
	ID       string
	Severity diag.Severity
	// Summary is one line, without a full stop.
	Summary string
	// Fixable tells that some of its findings carry a fix.
	Fixable bool
	// Off marks a rule that runs only when it is selected.
	Off bool
	// Profile is the profile that switches on a rule which is off; empty for
	// Strict.
	Profile Profile
	// Last asks that the rule runs once all others have, whose questions to the
	// machine it counts.
	Last bool
	// Page is the rule's manual page in Markdown: why, symptom, how to mend,
	// and the examples that are its first test.
	Page string
	// Check reports what it finds through the pass.
	Check func(*Pass)
}

// Pass is one run of one rule over one pair.
type Pass struct {
	*pair.Pair
	Target  Target
	Profile Profile
	// Machine is what the pair lies on, under --live; nil otherwise.
	Machine machine.Machine
	rule    *Rule
	found   []diag.Diagnostic
	more    int // findings beyond maxFindings
}

// maxFindings bounds the findings of one rule in one run: nobody reads more,
// and a file made to break a rule in every word would otherwise fill memory.
const maxFindings = 20_000

// Report adds a finding. Rule is filled in, and Severity where it is zero.
func (p *Pass) Report(d diag.Diagnostic) {
	if len(p.found) > maxFindings {
		p.more++
		last := &p.found[maxFindings]
		last.Message = diag.T("this and %d more findings of the rule are left out, beyond its first %d", p.more, maxFindings)
		last.Why, last.Help, last.Related, last.Fix = diag.Text{}, diag.Text{}, nil, nil
		return
	}
	d.Rule = p.rule.ID
	if d.Severity == 0 {
		d.Severity = p.rule.Severity
	}
	if d.Fix != nil && slices.ContainsFunc(d.Fix.Edits, func(e diag.Edit) bool { return p.Embedded(e.File) }) {
		d.Fix = nil // its lines are indented as another language wants it
	}
	p.found = append(p.found, d)
}
