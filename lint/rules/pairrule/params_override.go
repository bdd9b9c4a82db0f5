package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// ParamsOverride finds a uwsgi_param that hides those of the outer block.
var ParamsOverride = &lint.Rule{
	ID:       "pair-params-override",
	Severity: diag.Warning,
	Summary:  "a uwsgi_param in an inner block drops the inherited ones",
	Fixable:  true,
	Page:     page("pair-params-override"),
	Check:    checkParamsOverride,
}

func checkParamsOverride(p *lint.Pass) {
	seen := map[*site.Scope]bool{}
	for _, via := range p.Passes {
		if via.Protocol != pair.UWSGI && via.Protocol != pair.SUWSGI || openInclude(via.Node.Scope) {
			continue
		}
		outer := outerParams(via.Node.Scope)
		if outer == nil {
			continue
		}
		first := via.Node.Scope.Effective("uwsgi_param")[0]
		if seen[first.Scope] {
			continue
		}
		seen[first.Scope] = true
		d := diag.Diagnostic{
			Location: first.HeadLocation(),
			Message:  diag.T("this uwsgi_param drops the %d inherited ones", len(outer)),
			Why:      diag.T("a list in an inner block replaces the outer one: the application gets neither method nor path, and answers 500 with KeyError: 'REQUEST_METHOD'"),
			Help:     diag.T("repeat `include uwsgi_params;` in this block"),
			Related:  []diag.Related{{Location: outer[0].HeadLocation(), Message: diag.T("the inherited parameters")}},
		}
		if outer[0].File != first.File {
			d.Fix = &diag.Fix{Message: diag.T("include uwsgi_params"), Edits: []diag.Edit{insertBefore(first, "include uwsgi_params;")}}
		}
		p.Report(d)
	}
}
