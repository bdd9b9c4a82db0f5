package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/diag"
)

// Fingerprint tells a finding from all others of its run, and is the same in
// the next run though lines above it came or went: it knows the text of its
// line, not the line's number, nor the message and its language.
type Fingerprint struct {
	Rule string
	File string // as the report names it
	Text string // of the line, its white space squeezed
	// Nth counts the findings that are alike otherwise, from 1.
	Nth int
}

// Fingerprints returns the fingerprints of sorted findings, in their order.
func Fingerprints(found []diag.Diagnostic) []Fingerprint {
	all := make([]Fingerprint, len(found))
	count := map[Fingerprint]int{}
	for i, d := range found {
		line := d.File.LineSpan(d.File.Pos(d.Span.Start).Line)
		f := Fingerprint{Rule: d.Rule, File: d.File.Name, Text: strings.Join(strings.Fields(d.File.Text(line)), " ")}
		count[f]++
		all[i] = f
		all[i].Nth = count[f]
	}
	return all
}

// Hash returns the fingerprint as 64 hexadecimal digits.
func (f Fingerprint) Hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d", f.Rule, f.File, f.Text, f.Nth))
	return hex.EncodeToString(sum[:])
}
