package site

import "iter"

// Locations yields every location of every server, nested ones after the one
// they stand in.
func (c *Config) Locations() iter.Seq[*Location] {
	return func(yield func(*Location) bool) {
		for _, s := range c.Servers {
			if !visit(s.Locations, yield) {
				return
			}
		}
	}
}

// All yields every location of the server, nested ones after the one they
// stand in.
func (s *Server) All() iter.Seq[*Location] {
	return func(yield func(*Location) bool) { visit(s.Locations, yield) }
}

func visit(all []*Location, yield func(*Location) bool) bool {
	for _, l := range all {
		if !yield(l) || !visit(l.Locations, yield) {
			return false
		}
	}
	return true
}
