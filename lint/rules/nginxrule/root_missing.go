package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// RootMissing reports locations that look for files below nginx's built-in
// root, since only `location /` has one.
var RootMissing = &lint.Rule{
	ID:       "nginx-root-missing-in-server",
	Severity: diag.Warning,
	Summary:  "location / has a root, and its siblings take the built-in one",
	Page:     page("nginx-root-missing-in-server"),
	Check:    checkRootMissing,
}

func checkRootMissing(p *lint.Pass) {
	for _, c := range p.Nginx {
		if c.HTTP == nil {
			continue
		}
		for _, s := range c.Servers {
			// A fragment's http block, which may name a root, is not here.
			if s.Opener == nil || s.Context != directive.Server || c.Root.Context != directive.Main || len(c.Tree.Problems) > 0 || len(s.Effective("root")) > 0 {
				continue
			}
			checkSiblings(p, s)
		}
	}
}

func checkSiblings(p *lint.Pass, s *site.Server) {
	var root *site.Node
	for _, l := range s.Locations {
		if nodes := l.Here("root"); l.Pattern == "/" && l.Kind == site.Prefix && len(nodes) > 0 {
			root = nodes[0]
		}
	}
	if root == nil {
		return
	}
	for _, l := range s.Locations {
		if l.Opener == nil || len(l.Here("root")) > 0 || len(l.Locations) > 0 || !servesFiles(l) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: l.Opener.HeadLocation(),
			Message:  diag.T("location %s has no root: location / has one, and this is no part of it", shownLocation(l)),
			Why:      diag.T("nginx looks below its built-in folder html: 404, and open() \"/usr/share/nginx/html/...\" failed in the error log"),
			Help:     diag.T("move `root %s;` from location / to the server", root.Arg(0)),
			Related:  []diag.Related{{Location: root.HeadLocation(), Message: diag.T("this holds for location / alone")}},
		})
	}
}
