package pairrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
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
	for _, via := range p.Passes {
		own := prefixes[via.Protocol]
		if own == "" {
			continue
		}
		for _, n := range via.Node.Scope.Nodes {
			for _, other := range []string{"proxy_", "uwsgi_", "fastcgi_", "scgi_"} {
				name := n.Name.Value
				if other == own || !strings.HasPrefix(name, other) || n.Row == nil || n.File != via.Node.File {
					continue
				}
				if rest := name[len(other):]; rest == "param" || rest == "set_header" || rest == "pass" || rest == "protocol" {
					continue // pair-wrong-params speaks of these; two passes are no pair's matter
				}
				d := diag.Diagnostic{
					Location: n.HeadLocation(),
					Message:  diag.T("%s does nothing beside %s", name, via.Node.Name.Value),
					Why:      diag.T("nginx reads it and never uses it here: what it was meant to set keeps its default"),
					Related:  []diag.Related{{Location: via.Node.HeadLocation(), Message: diag.T("the requests go on here")}},
				}
				if meant := own + name[len(other):]; directive.Find(meant) != directive.None {
					d.Help = diag.T("write %s", meant)
				} else {
					d.Help = diag.T("remove it")
				}
				p.Report(d)
			}
		}
	}
}
