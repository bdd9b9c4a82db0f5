package securityrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// AllowWithoutDeny reports lists of allowed addresses that keep nobody out.
var AllowWithoutDeny = &lint.Rule{
	ID:       "nginx-allow-without-deny",
	Severity: diag.Warning,
	Summary:  "allow without deny allows everybody",
	Fixable:  true,
	Page:     page("nginx-allow-without-deny"),
	Check:    checkAllowWithoutDeny,
}

func checkAllowWithoutDeny(p *lint.Pass) {
	for _, c := range p.Nginx {
		seen := map[*site.Scope]bool{}
		for _, n := range c.Find("allow") {
			s := n.Scope
			if n.Row == nil || seen[s] {
				continue
			}
			seen[s] = true
			allowed := s.Here("allow")
			checkOrder(p, s)
			if open(s) || len(s.Here("deny")) > 0 || allowsAll(allowed) || word(s, "satisfy") == "any" {
				continue
			}
			end := allowed[len(allowed)-1]
			d := diag.Diagnostic{
				Location: end.HeadLocation(),
				Message:  diag.T("allow %s without a deny allows every other address too", end.Arg(0)),
				Why:      diag.T("an address that no line names is let in; the deny lines of outer blocks do not count where a block has lines of its own"),
				Help:     diag.T("add `deny all;` after it"),
			}
			if end.File == s.Opener.File {
				d.Fix = fix(diag.T("deny everybody else"), end.After("deny all;"))
			}
			p.Report(d)
		}
	}
}

// checkOrder finds an allow behind deny all, which is never asked.
func checkOrder(p *lint.Pass, s *site.Scope) {
	var all *site.Node
	for _, n := range s.Nodes {
		switch {
		case n.Name.Value == "deny" && n.Arg(0) == "all" && all == nil:
			all = n
		case n.Name.Value == "allow" && all != nil && n.Row != nil:
			p.Report(diag.Diagnostic{
				Location: n.HeadLocation(),
				Message:  diag.T("allow %s stands below deny all, and is never asked", n.Arg(0)),
				Why:      diag.T("the first line that names an address decides: everybody gets 403, and nginx logs: access forbidden by rule"),
				Help:     diag.T("write `deny all;` after every allow"),
				Related:  []diag.Related{{Location: all.HeadLocation(), Message: diag.T("everybody is refused here")}},
			})
			return
		}
	}
}

// allowsAll tells whether everybody is allowed on purpose.
func allowsAll(nodes []*site.Node) bool {
	for _, n := range nodes {
		switch n.Arg(0) {
		case "all", "0.0.0.0/0", "::/0":
			return true
		}
		if !known(n.Arg(0)) {
			return true
		}
	}
	return false
}
