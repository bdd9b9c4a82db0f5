package pairrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// IgnoredDirective finds directives of another protocol beside a pass.
var IgnoredDirective = &lint.Rule{
	ID:       "pair-ignored-directive",
	Severity: diag.Warning,
	Summary:  "a directive of another protocol stands beside the pass and does nothing",
	Page:     page("pair-ignored-directive"),
	Check:    checkIgnoredDirective,
}

// prefixes are those of the directives of each protocol.
var prefixes = map[pair.Protocol]string{
	pair.UWSGI: "uwsgi_", pair.SUWSGI: "uwsgi_", pair.HTTP: "proxy_", pair.HTTPS: "proxy_", pair.FastCGI: "fastcgi_", pair.SCGI: "scgi_", pair.GRPC: "grpc_",
}

func checkIgnoredDirective(p *lint.Pass) {
	inUse := map[*site.Scope]map[string]bool{} // the prefixes of the passes in a block and below
	for _, via := range p.Passes {
		for s := via.Node.Scope; s != nil; s = s.Parent {
			if inUse[s] == nil {
				inUse[s] = map[string]bool{}
			}
			inUse[s][prefixes[via.Protocol]] = true
		}
	}
	seen := map[*site.Scope]bool{}
	for _, via := range p.Passes {
		if prefixes[via.Protocol] == "" {
			continue
		}
		for s := via.Node.Scope; s != nil && s.Context&inServer != 0 && !seen[s]; s = s.Parent {
			seen[s] = true
			for _, n := range s.Nodes {
				if n.File == via.Node.File { // an included file may serve other places too
					checkIgnored(p, via, n, inUse[s])
				}
			}
		}
	}
}

// inServer are the blocks whose directives are meant for their own passes; what
// stands in http may be meant for any server.
const inServer = directive.Server | directive.Location | directive.IfInLocation | directive.IfInServer | directive.LimitExcept

// checkIgnored reports a directive of a protocol that no pass of its block, or
// below it, speaks.
func checkIgnored(p *lint.Pass, via *pair.Pass, n *site.Node, inUse map[string]bool) {
	name := n.Name.Value
	prefix, rest, ok := strings.Cut(name, "_")
	if prefix += "_"; !ok || n.Row == nil || inUse[prefix] || !slices.Contains([]string{"proxy_", "uwsgi_", "fastcgi_", "scgi_", "grpc_"}, prefix) {
		return
	}
	switch rest {
	case "pass", "protocol":
		return
	case "param", "set_header":
		if prefixes[via.Protocol] == "uwsgi_" {
			return // pair-wrong-params speaks of these
		}
	}
	d := diag.Diagnostic{
		Location: n.HeadLocation(),
		Message:  diag.T("%s does nothing beside %s", name, via.Node.Name.Value),
		Why:      diag.T("nginx reads it and never uses it here: what it was meant to set keeps its default"),
		Help:     diag.T("remove it"),
		Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("the requests go on here")}},
	}
	if meant := prefixes[via.Protocol] + rest; directive.Find(meant) != directive.None {
		d.Help = diag.T("write %s", meant)
	}
	p.Report(d)
}
