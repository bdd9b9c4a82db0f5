package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/nginx/value"
)

// Syntax reports what nginx cannot read.
var Syntax = &lint.Rule{
	ID:       "nginx-syntax",
	Severity: diag.Error,
	Summary:  "nginx cannot read the file",
	Fixable:  true,
	Page:     page("nginx-syntax"),
	Check:    checkSyntax,
}

func checkSyntax(p *lint.Pass) {
	seen := map[*nginx.File]bool{}
	for _, c := range p.Nginx {
		for _, f := range c.Tree.Files {
			if seen[f] {
				continue
			}
			seen[f] = true
			for _, e := range f.Errors {
				reportSyntax(p, f, e)
			}
		}
		if c.Cut != nil {
			p.Report(diag.Diagnostic{
				Location: *c.Cut,
				Message:  diag.T("the configuration comes to too many directives, what it includes counted each time: the rest is not read here"),
			})
		}
		checkOpenVariables(p, c)
	}
}

// checkOpenVariables finds `${name` without its closing brace, which nginx
// refuses where it looks for variables (ngx_http_script_compile).
func checkOpenVariables(p *lint.Pass, c *site.Config) {
	for n := range c.All() {
		if o := n.Scope.Opener; n.Scope.Context == directive.Entries && o != nil && o.Name.Value == "map" && len(n.Args) == 1 {
			reportOpenVariable(p, n, 0)
			continue
		}
		if !readable(n) || n.Scope.Enclosing(directive.HTTP|directive.Server|directive.Location) == nil {
			continue
		}
		for i, a := range n.Args {
			if strings.Contains(a.Value, "${") && value.Evaluated(n.Row, n.Args, i) && !(n.Name.Value == "if" && isRegex(n, i)) {
				reportOpenVariable(p, n, i)
			}
		}
	}
}

func reportOpenVariable(p *lint.Pass, n *site.Node, i int) {
	text := n.Args[i].Value
	if _, refused := value.Variables(text); !strings.HasPrefix(refused, "the closing") {
		return
	}
	open := text[strings.LastIndex(text, "${"):]
	p.Report(diag.Diagnostic{
		Location: n.Location(i + 1),
		Message:  diag.T("the variable %q has no closing %q", open, "}"),
		Why:      diag.T("nginx does not start: the closing bracket in %q variable is missing", open[2:]),
	})
}

func reportSyntax(p *lint.Pass, f *nginx.File, e nginx.SyntaxError) {
	d := diag.Diagnostic{
		Location: diag.Location{File: f.File, Span: e.Span},
		Message:  e.Message,
	}
	if e.Related.Len() > 0 {
		d.Related = []diag.Related{{Location: diag.Location{File: f.File, Span: e.Related}, Message: e.RelatedMessage}}
	}
	if e.Insert != "" {
		d.Help = diag.T("add %q", e.Insert)
		d.Fix = &diag.Fix{
			Message: diag.T("add %q", e.Insert),
			Edits:   []diag.Edit{{File: f.File, Span: diag.Span{Start: e.Span.End, End: e.Span.End}, New: e.Insert}},
		}
	}
	p.Report(d)
}
