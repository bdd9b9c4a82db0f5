package lint

import (
	"fmt"

	"github.com/deployctl/deployctl/diag"
)

// Profile is a set of demands: which rules run, how they rank, and what some of
// them ask for. The zero value is the default profile.
type Profile string

// The profiles.
const (
	DefaultProfile Profile = "default"
	// Strict runs every rule that belongs to no other profile, those that are
	// off by default too, and ranks infos as warnings.
	Strict Profile = "strict"
	// CIS adds the configuration items of the CIS NGINX Benchmark 2.1.0.
	CIS Profile = "cis"
	// MozillaIntermediate and MozillaModern ask for the TLS settings of
	// Mozilla's guideline 6.0.
	MozillaIntermediate Profile = "mozilla-intermediate"
	MozillaModern       Profile = "mozilla-modern"
)

// ParseProfile reads a profile's name.
func ParseProfile(name string) (Profile, error) {
	switch p := Profile(name); p {
	case DefaultProfile, Strict, CIS, MozillaIntermediate, MozillaModern:
		return p, nil
	}
	return "", fmt.Errorf("unknown profile %q: write default, strict, cis, mozilla-intermediate or mozilla-modern", name)
}

// runs tells whether a profile has a rule when none is selected by name.
func (p Profile) runs(r *Rule) bool {
	return !r.Off || r.Profile == p && p != "" || p == Strict && r.Profile == ""
}

// rank gives a severity its place in the profile.
func (p Profile) rank(s diag.Severity) diag.Severity {
	if p == Strict && s == diag.Info {
		return diag.Warning
	}
	return s
}
