package apirule

import (
	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/diag"
)

// shown is how many operations of one fault are named.
const shown = 3

// group is the operations that one place keeps from the application.
type group struct {
	*api.Covered // the first of them
	all          []*api.Covered
}

// groups returns the operations with one of some outcomes by what decides, in
// the contract's order, so that a fault of one line is one finding.
func (v *view) groups(outcomes ...api.Outcome) []*group {
	type key struct {
		outcome api.Outcome
		place   diag.Location
		base    string
	}
	var order []*group
	found := map[key]*group{}
	for i := range v.covered {
		c := &v.covered[i]
		for _, o := range outcomes {
			if c.Outcome != o {
				continue
			}
			k := key{outcome: o}
			switch at, ok := c.Where(); {
			case c.Decides != nil:
				k.place = c.Decides.HeadLocation()
			case ok:
				k.place = at
			default:
				k.base = c.Base.Host
			}
			g := found[k]
			if g == nil {
				g = &group{Covered: c}
				found[k] = g
				order = append(order, g)
			}
			g.all = append(g.all, c)
		}
	}
	return order
}

// operations names the first operation, and how many others there are.
func (g *group) operations() diag.Text {
	switch n := len(g.all) - 1; n {
	case 0:
		return diag.T("%s %s", g.Method, g.URL.Path)
	case 1:
		return diag.T("%s %s and 1 more operation", g.Method, g.URL.Path)
	default:
		return diag.T("%s %s and %d more operations", g.Method, g.URL.Path, n)
	}
}

// declared returns the places in the contract.
func (g *group) declared() []diag.Related {
	var related []diag.Related
	for _, c := range g.all[:min(shown, len(g.all))] {
		related = append(related, diag.Related{Location: c.At, Message: diag.T("the contract has %s %s", c.Method, c.Path)})
	}
	return related
}

// place returns the directive that decides, or else the location.
func (g *group) place() diag.Location {
	if g.Decides != nil {
		return g.Decides.HeadLocation()
	}
	at, _ := g.Where()
	return at
}
