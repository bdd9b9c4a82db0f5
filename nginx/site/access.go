package site

import "strings"

// Access is what the allow and deny lines of one scope say to an address that
// nobody thought of. The first line that names an address decides, and a scope
// with lines of its own drops those of the scopes around it.
type Access uint8

// What lines of access may say.
const (
	NoAccess   Access = iota // the scope has none
	LetsIn                   // no line refuses everybody
	KeepsOut                 // those that are not named are refused, or it cannot be known
	RefusesAll               // the first line refuses everybody
)

// AccessLines returns the scope whose allow and deny lines are in force: s or
// the nearest one around it that has any; nil when there is none.
func (s *Scope) AccessLines() *Scope {
	for ; s != nil; s = s.Parent {
		if s.Access != NoAccess {
			return s
		}
	}
	return nil
}

// access reads the lines of a scope.
func access(s *Scope) Access {
	found := NoAccess
	for _, n := range s.Nodes {
		name := n.Name.Value
		if name != "allow" && name != "deny" {
			continue
		}
		arg := n.Arg(0)
		all := arg == "all" || arg == "0.0.0.0/0"
		if !all && !strings.ContainsAny(arg, "${") {
			if found == NoAccess {
				found = LetsIn
			}
			continue
		}
		switch {
		case name == "allow":
			return LetsIn
		case found == NoAccess && arg == "all":
			return RefusesAll
		}
		return KeepsOut
	}
	if found == LetsIn {
		for _, n := range s.Nodes {
			if n.Name.Value == "include" {
				return KeepsOut // it was not followed, and may hold more
			}
		}
	}
	return found
}
