package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
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
	}
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
