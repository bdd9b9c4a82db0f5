package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// MissingEvents reports a whole configuration without an events block.
var MissingEvents = &lint.Rule{
	ID:       "nginx-missing-events",
	Severity: diag.Error,
	Summary:  "a whole configuration has no events block",
	Fixable:  true,
	Page:     page("nginx-missing-events"),
	Check:    checkMissingEvents,
}

func checkMissingEvents(p *lint.Pass) {
	for _, c := range p.Nginx {
		if c.Root.Context != directive.Main || len(c.Tree.Problems) > 0 || len(c.Root.Here("events")) > 0 {
			continue
		}
		for _, n := range c.Root.Nodes {
			if n.Block == nil || n.Name.Value != "http" && n.Name.Value != "stream" && n.Name.Value != "mail" {
				continue
			}
			if opaqueMain(c.Root) {
				break
			}
			p.Report(diag.Diagnostic{
				Location: n.Location(0),
				Message:  diag.T("there is no events block"),
				Why:      diag.T(`nginx does not start: no "events" section in configuration`),
				Help:     diag.T("add `events {}` before it; the defaults are fine"),
				Fix:      &diag.Fix{Message: diag.T("add an events block"), Edits: []diag.Edit{n.Before("events {}", "")}},
			})
			break
		}
	}
}

// opaqueMain tells whether the main file includes what is not here; Debian's
// modules-enabled holds no events block.
func opaqueMain(root *site.Scope) bool {
	for _, n := range root.Here("include") {
		if !strings.Contains(n.Arg(0), "modules") {
			return true
		}
	}
	return false
}
