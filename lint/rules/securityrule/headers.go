package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/nginx/site"
)

// headers returns the add_header lines in force: those of the nearest scope
// that has any, and the outer ones too where add_header_inherit says merge.
func headers(s *site.Scope) []*site.Node {
	var found []*site.Node
	for ; s != nil; s = s.Parent {
		here := s.Here("add_header")
		found = append(found, here...)
		inherit := word(s, "add_header_inherit")
		if len(here) > 0 && inherit != "merge" || inherit == "off" {
			break
		}
	}
	return found
}

// header returns the line in force for a header, or nil.
func header(s *site.Scope, name string) *site.Node {
	for _, n := range headers(s) {
		if strings.EqualFold(n.Arg(0), name) {
			return n
		}
	}
	return nil
}

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
