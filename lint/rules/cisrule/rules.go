package cisrule

import (
	"slices"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// Rules are the rules of this package.
var Rules = []*lint.Rule{
	AccessLog,
	Account,
	ErrorLog,
	ErrorPages,
	HiddenHeaders,
	Ports,
	SourceAddress,
	Timeouts,
	UnknownHosts,
}

// whole tells whether nothing that surrounds or completes the configuration is
// missing: what it does not say is said nowhere.
func whole(c *site.Config) bool {
	return c.Root.Context == directive.Main && c.HTTP != nil && len(c.Tree.Problems) == 0
}

// last returns the directive in force, or nil.
func last(s *site.Scope, name string) *site.Node {
	if nodes := s.Effective(name); len(nodes) > 0 {
		return nodes[len(nodes)-1]
	}
	return nil
}

// missing returns the servers for which a directive is not set; nothing for a
// configuration of which a part is not here.
func missing(c *site.Config, name string) []*site.Server {
	if !whole(c) {
		return nil
	}
	var found []*site.Server
	for _, s := range c.Servers {
		if s.Opener != nil && last(s.Scope, name) == nil && !turnsAway(s) {
			found = append(found, s)
		}
	}
	return found
}

// turnsAway tells whether a server answers nothing but a refusal.
func turnsAway(s *site.Server) bool {
	return slices.ContainsFunc(s.Here("return"), func(n *site.Node) bool { return n.Arg(0) == "444" }) ||
		slices.ContainsFunc(s.Here("ssl_reject_handshake"), func(n *site.Node) bool { return n.Arg(0) == "on" })
}
