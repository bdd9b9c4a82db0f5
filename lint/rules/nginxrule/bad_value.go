package nginxrule

import (
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
