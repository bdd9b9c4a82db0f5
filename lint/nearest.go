package lint

import "github.com/deployctl/deployctl/internal/nearest"

// nearestRule returns the rule whose ID is nearest to name, or "" when none is near.
func nearestRule(name string, rules []*Rule) string {
	ids := make([]string, len(rules))
	for i, r := range rules {
		ids[i] = r.ID
	}
	return nearest.Name(name, ids)
}
