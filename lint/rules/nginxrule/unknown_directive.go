package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// UnknownDirective reports names that no nginx knows.
var UnknownDirective = &lint.Rule{
	ID:       "nginx-unknown-directive",
	Severity: diag.Error,
	Summary:  "no nginx and no common module knows the directive",
	Fixable:  true,
	Page:     page("nginx-unknown-directive"),
	Check:    checkUnknownDirective,
}

func checkUnknownDirective(p *lint.Pass) {
	for _, c := range p.Nginx {
		checkUnloaded(p, c)
		for n := range c.All() {
			if n.Row != nil || n.Scope.Context == directive.Entries || template(n.Name.Value) {
				continue
			}
			if directive.Find(n.Name.Value) != directive.None {
				continue // known, and in a wrong place
			}
			if _, ok := directive.ThirdParty(n.Name.Value); ok && identifier(n.Name.Value) {
				continue
			}
			reportUnknown(p, n)
		}
	}
}

func reportUnknown(p *lint.Pass, n *site.Node) {
	d := diag.Diagnostic{
		Location: n.Location(0),
		Message:  diag.T("unknown directive %q", n.Name.Value),
		Why:      diag.T("nginx does not start: unknown directive %q", n.Name.Value),
	}
	if near := directive.Nearest(n.Name.Value); near != "" {
		d.Help = diag.T("the nearest name is %s", near)
		d.Fix = &diag.Fix{
			Message: diag.T("write %s", near),
			Edits:   []diag.Edit{{File: n.File.File, Span: n.Name.Span(), New: near}},
		}
	}
	p.Report(d)
}

// identifier tells whether a word may be the name of a directive.
func identifier(s string) bool {
	return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// template tells whether a word is filled in by a template before nginx reads
// it. ${name} is one unless nginx has a variable of that name.
func template(word string) bool {
	if _, rest, ok := strings.Cut(word, "${"); ok {
		if name, _, ok := strings.Cut(rest, "}"); ok && !site.Builtin(name) {
			return true
		}
	}
	return strings.Contains(word, "{{") || strings.Contains(word, "{%") || strings.Contains(word, "<%")
}
