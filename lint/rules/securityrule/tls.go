package securityrule

import (
	"slices"

	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// encrypted returns the servers of a configuration that speak TLS, whatever
// the protocol inside, each with a listen directive that says so.
func encrypted(c *site.Config) map[*site.Scope]*site.Node {
	found := map[*site.Scope]*site.Node{}
	for _, n := range c.Find("listen") {
		if found[n.Scope] == nil && slices.ContainsFunc(n.Args, func(a wordOf) bool { return a.Value == "ssl" || a.Value == "quic" }) && word(n.Scope, "ssl_reject_handshake") != "on" {
			found[n.Scope] = n
		}
	}
	return found
}

// tlsSettings returns the places where a directive decides about some server
// that speaks TLS, in reading order, and the listen directives of the servers
// for which none does. A fragment without servers is read as what they include.
func tlsSettings(c *site.Config, name string) (set, without []*site.Node) {
	servers := encrypted(c)
	if len(c.Find("listen")) == 0 && c.Root.Context != directive.Main {
		return c.Find(name), nil
	}
	used := map[*site.Node]bool{}
	for s := range servers {
		if n := last(s, name); n != nil {
			used[n] = true
		}
	}
	for _, n := range c.Find(name) {
		if used[n] {
			set = append(set, n)
		}
	}
	if whole(c) {
		for _, n := range c.Find("listen") {
			if servers[n.Scope] == n && last(n.Scope, name) == nil {
				without = append(without, n)
			}
		}
	}
	return set, without
}

// mozilla tells whether the profile is one of Mozilla's.
func mozilla(p *lint.Pass) bool {
	return p.Profile == lint.MozillaIntermediate || p.Profile == lint.MozillaModern
}
