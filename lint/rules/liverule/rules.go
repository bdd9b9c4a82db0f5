package liverule

import (
	"path/filepath"
	"strings"

	"github.com/deployctl/deployctl/internal/machine"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/uwsgi"
)

// Rules are the rules of this package.
var Rules = []*lint.Rule{
	Access,
	Account,
	Certificate,
	NobodyListens,
	Port,
	Stale,
	Unseen,
}

// constant tells whether a value is a path of this machine as it stands.
func constant(path string) bool {
	return filepath.IsAbs(path) && !strings.ContainsAny(path, "${")
}

// workers returns the account of nginx's workers, as far as the configuration
// names it.
func workers(p *lint.Pass, c *site.Config) (machine.Account, bool) {
	for _, n := range c.Find("user") {
		a, ok := p.Machine.Account(n.Arg(0))
		if !ok {
			return a, false
		}
		if len(n.Args) > 1 {
			gid, ok := p.Machine.Group(n.Arg(1))
			if !ok {
				return a, false
			}
			a.GIDs = append([]int{gid}, a.GIDs...)
		}
		return a, true
	}
	return machine.Account{}, false
}

// known returns an option whose value is one that can be looked up here.
func known(c *uwsgi.Config, name string) *uwsgi.Option {
	o := c.Get(name)
	if o == nil || o.Unresolved || o.Maybe || o.Value == "" {
		return nil
	}
	return o
}
