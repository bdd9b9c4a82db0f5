package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Config says which rules run and how their findings rank. The zero value runs
// every rule that is on by default.
type Config struct {
	Profile Profile
	// Select holds rule IDs, prefixes that end with "-", or "all"; empty for
	// the rules that are on by default.
	Select []string
	// Ignore holds the same; it wins over Select.
	Ignore []string
	// Severity overrides a rule's severity; 0 switches the rule off.
	Severity map[string]diag.Severity
	// MinSeverity drops findings below it.
	MinSeverity diag.Severity
	// Fail is the severity from which a run fails; 0 means Warning.
	Fail diag.Severity
	// ReasonsRequired asks suppression comments for a reason.
	ReasonsRequired bool
	Target          Target
	// OpenAPI is the path of the contract that the description names, or "".
	OpenAPI string
}

// Bind returns every rule, with those about the contract of a file bound to it,
// and the contract's files. For "" they are bound to none, and only listed.
type Bind func(path string) (rules []*Rule, files []*diag.File, err error)

// Selects tells whether a rule runs.
func (c Config) Selects(r *Rule) bool {
	if s, ok := c.Severity[r.ID]; ok && s == 0 || matches(c.Ignore, r.ID) {
		return false
	}
	if len(c.Select) == 0 {
		return c.Profile.runs(r) || c.Severity[r.ID] != 0 // a severity asks for it
	}
	return matches(c.Select, r.ID)
}

func matches(patterns []string, id string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		return p == id || p == "all" || strings.HasSuffix(p, "-") && strings.HasPrefix(id, p)
	})
}

// rank gives a finding its severity and tells whether it is kept.
func (c Config) rank(d *diag.Diagnostic) bool {
	d.Severity = c.Profile.rank(d.Severity)
	if s, ok := c.Severity[d.Rule]; ok {
		if s == 0 {
			return false
		}
		d.Severity = s
	}
	selected := len(c.Select) == 0 || matches(c.Select, d.Rule)
	return selected && d.Severity >= c.MinSeverity && !matches(c.Ignore, d.Rule)
}

// FailSeverity returns the severity from which a run fails.
func (c Config) FailSeverity() diag.Severity {
	if c.Fail == 0 {
		return diag.Warning
	}
	return c.Fail
}

// CheckNames returns an error for the first name that selects no rule.
func CheckNames(names []string, rules []*Rule) error {
	for _, name := range names {
		if !slices.ContainsFunc(rules, func(r *Rule) bool { return matches([]string{name}, r.ID) }) {
			if n := nearestRule(name, rules); n != "" {
				return fmt.Errorf("no rule is called %q; the nearest name is %s", name, n)
			}
			return fmt.Errorf("no rule is called %q; `deployctl rules` lists them", name)
		}
	}
	return nil
}
