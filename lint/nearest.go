package lint

// nearestRule returns the rule whose ID is nearest to name, or "" when none is near.
func nearestRule(name string, rules []*Rule) string {
	best, found := len(name)/3+2, ""
	for _, r := range rules {
		if d := distance(name, r.ID); d < best {
			best, found = d, r.ID
		}
	}
	return found
}

// distance counts the insertions, deletions and replacements between two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
