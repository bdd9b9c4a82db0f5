package directive

import "strings"

// Nearest returns the name of the table that a misspelled name most likely
// means, or "" when none is near. A swapped pair of letters counts as one
// error, as does a letter too many, too few or wrong; upper case and hyphens
// cost nothing. Among equally near names the one that shares the longer
// beginning wins. Names that today's nginx no longer knows are never proposed.
func Nearest(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	limit := min(3, (len(name)+1)/3)
	if len(name) > longest+limit {
		return ""
	}
	best, least, longestShared := "", limit+1, 0
	var d distance
	for id := range ID(Names) {
		known := id.Name()
		if len(known) > len(name)+limit || len(known) < len(name)-limit || !current(id) {
			continue
		}
		n := d.between(name, known, limit)
		if s := shared(name, known); n < least || n == least && n <= limit && s > longestShared {
			best, least, longestShared = known, n, s
		}
	}
	return best
}

func current(id ID) bool {
	for i := range id.Rows() {
		if id.Rows()[i].Until == "" {
			return true
		}
	}
	return false
}

func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// distance holds the three rows of the optimal string alignment table.
type distance [3][longest + 8]int

// between returns the number of errors between two words; a number above limit
// stands for "too many".
func (d *distance) between(a, b string, limit int) int {
	before, above, row := &d[0], &d[1], &d[2]
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			n := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				n = min(n, before[j-2]+1)
			}
			row[j] = n
			least = min(least, n)
		}
		if least > limit {
			return limit + 1
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
