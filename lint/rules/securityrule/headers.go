package securityrule

import (
	"slices"

	"github.com/deployctl/deployctl/nginx/site"
)

// headers returns the add_header lines in force: those of the nearest scope
// that has any, and the outer ones too where add_header_inherit says merge.
func headers(s *site.Scope) []*site.Node {
	var found []*site.Node
	for ; s != nil; s = s.Parent {
		here := s.Here("add_header")
		if found == nil {
			found = slices.Clip(here) // no copy for the one list that there mostly is
		} else {
			found = append(found, here...)
		}
		inherit := word(s, "add_header_inherit")
		if len(here) > 0 && inherit != "merge" || inherit == "off" {
			break
		}
	}
	return found
}

// header returns the line in force for a header, or nil.
func header(s *site.Scope, name string) *site.Node { return site.First(headers(s), name) }

// addHeader returns the place for one more add_header that is in force in a
// scope and drops none: after those that are, else at the top of the block.
func addHeader(s *site.Scope) *site.Node {
	found := headers(s)
	if len(found) == 0 {
		return s.Opener
	}
	first := found[0].Scope
	here := first.Here("add_header")
	return here[len(here)-1]
}
