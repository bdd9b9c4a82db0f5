package nginxrule

import (
	"fmt"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// BadValue reports arguments that nginx cannot read.
var BadValue = &lint.Rule{
	ID:       "nginx-bad-value",
	Severity: diag.Error,
	Summary:  "a size, time, address, code, expression or parameter that nginx cannot read",
	Page:     page("nginx-bad-value"),
	Check:    checkBadValue,
}

func checkBadValue(p *lint.Pass) {
	for _, c := range p.Nginx {
		checkReferers(p, c)
		for n := range c.All() {
			if !readable(n) {
				continue
			}
			for _, b := range value.Check(n.Row, n.Args) {
				l := n.HeadLocation()
				if b.Word > 0 {
					l = n.Location(b.Word)
				}
				reportValue(p, l, b)
			}
			if n.Body != nil && n.Body.Context == directive.Entries {
				checkEntries(p, n)
			}
		}
	}
}

// readable tells whether a directive is one whose arguments are to be read: it
// is known here, and their number is right.
func readable(n *site.Node) bool {
	return n.Row != nil && n.Row.Block == (n.Block != nil) && n.Row.Args.Accepts(len(n.Args))
}

func checkEntries(p *lint.Pass, opener *site.Node) {
	entries := value.NewEntries(opener.Directive)
	if entries == nil {
		return
	}
	for _, n := range opener.Body.Nodes {
		if n.Block != nil {
			continue
		}
		for _, b := range entries.Check(n.Directive) {
			reportValue(p, n.Location(b.Word), b)
		}
	}
}

func reportValue(p *lint.Pass, l diag.Location, b value.Bad) {
	p.Report(diag.Diagnostic{Location: l, Message: b.Message, Why: diag.T("nginx does not start: %s", b.Log)})
}

// checkReferers finds names that stand twice in the valid_referers of a block,
// which form one table.
func checkReferers(p *lint.Pass, c *site.Config) {
	seen := map[*site.Scope]map[string]bool{}
	for _, n := range c.Find("valid_referers") {
		if !readable(n) {
			continue
		}
		names := seen[n.Scope]
		if names == nil {
			names = map[string]bool{}
			seen[n.Scope] = names
		}
		for i, a := range n.Args {
			host, _, _ := strings.Cut(strings.ToLower(a.Value), "/")
			switch {
			case host == "none" || host == "blocked" || host == "server_names" || strings.HasPrefix(host, "~") || template(host):
			case names[host]:
				p.Report(diag.Diagnostic{
					Location: n.Location(i + 1),
					Message:  diag.T("the value %q stands twice; case makes no difference", host),
					Why:      diag.T("nginx does not start: %s", fmt.Sprintf("conflicting parameter %q", host)),
				})
			default:
				names[host] = true
			}
		}
	}
}
