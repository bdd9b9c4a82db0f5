package securityrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// ReturnBypassesAccess reports rules of access beside a return, which answers
// before they are asked.
var ReturnBypassesAccess = &lint.Rule{
	ID:       "nginx-return-bypasses-access",
	Severity: diag.Warning,
	Summary:  "return answers before allow, deny and auth_* are asked",
	Page:     page("nginx-return-bypasses-access"),
	Check:    checkReturnBypassesAccess,
}

// accessNames are the directives of nginx's access phase, which follows the
// rewrite phase that return belongs to.
var accessNames = []string{"deny", "auth_basic", "auth_request", "auth_jwt"}

func checkReturnBypassesAccess(p *lint.Pass) {
	for _, c := range p.Nginx {
		for _, n := range c.Find("return") {
			if n.Row == nil || n.Scope.Context&(directive.Server|directive.Location) == 0 || refuses(n) {
				continue
			}
			for _, name := range accessNames {
				rules := n.Scope.Here(name)
				if len(rules) == 0 || rules[0].Arg(0) == "off" || n.Scope.Context == directive.Server && redirects(n) {
					continue
				}
				p.Report(diag.Diagnostic{
					Location: rules[0].HeadLocation(),
					Message:  diag.T("%s is never asked: return answers first", name),
					Why:      diag.T("return belongs to the rewrite phase, which comes before the access phase: everybody gets the answer %s", n.Arg(0)),
					Help:     diag.T("serve the answer from a file or a location of its own (`try_files /none @answer;` here, `return` there), or remove the rules"),
					Related:  []diag.Related{{Location: n.HeadLocation(), Message: diag.T("the return")}},
				})
				break
			}
		}
	}
}

// refuses tells whether a return refuses the request anyhow.
func refuses(n *site.Node) bool {
	code := n.Arg(0)
	return len(code) == 3 && code[0] == '4'
}

// redirects tells whether a return leads elsewhere, where the request is asked
// again.
func redirects(n *site.Node) bool {
	code := n.Arg(0)
	return len(code) == 3 && code[0] == '3' || strings.Contains(code, "://")
}
