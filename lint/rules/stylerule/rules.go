package stylerule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/internal/layout"
	"github.com/deployctl/deployctl/lint"
	nginxformat "github.com/deployctl/deployctl/nginx/format"
	"github.com/deployctl/deployctl/pair"
	uwsgiformat "github.com/deployctl/deployctl/uwsgi/format"
)

// Rules are the rules of this package. All are off by default.
var Rules = []*lint.Rule{
	BlockLines,
	Indent,
	LineEnding,
	SpaceBeforeSemicolon,
	TrailingSpace,
}

// report adds a finding for every place in the files of both languages where
// the formatter would mend a fault, but for those that nginx's package brings
// and nobody edits; message says what is wrong there.
func report(p *lint.Pass, fault layout.Fault, message func(e layout.Edit) diag.Text) {
	seen := map[*diag.File]bool{}
	each := func(f *diag.File, edits func() []layout.Edit) {
		if seen[f] || pair.Packaged(f.Name) {
			return
		}
		seen[f] = true
		for _, e := range edits() {
			if e.Fault == fault {
				p.Report(diag.Diagnostic{
					Location: diag.Location{File: f, Span: e.Span},
					Message:  message(e),
					Fix:      &diag.Fix{Message: diag.T("format this place"), Edits: []diag.Edit{e.Edit}},
				})
			}
		}
	}
	for _, c := range p.Nginx {
		for _, f := range c.Tree.Files {
			each(f.File, func() []layout.Edit { return nginxformat.Edits(f) })
		}
	}
	for _, c := range p.Uwsgi {
		for _, f := range c.Files {
			each(f.File, func() []layout.Edit { return uwsgiformat.Edits(f) })
		}
	}
}
