package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/pair"
)

// MissingParams finds passes that tell the application nothing of the request.
var MissingParams = &lint.Rule{
	ID:       "pair-missing-params",
	Severity: diag.Error,
	Summary:  "uwsgi_pass without the parameters that describe the request",
	Fixable:  true,
	Page:     page("pair-missing-params"),
	Check:    checkMissingParams,
}

func checkMissingParams(p *lint.Pass) {
	for _, via := range p.Passes {
		scope := via.Node.Scope
		if via.Protocol != pair.UWSGI && via.Protocol != pair.SUWSGI || via.Node.Row == nil {
			continue
		}
		if hasParams(scope.Effective("uwsgi_param")) || openInclude(scope) || outerParams(scope) != nil {
			continue
		}
		if s := scope.Enclosing(directive.Server); s == nil || s.Opener == nil {
			continue // a fragment: the parameters may stand around it
		}
		if wrongParams(scope) != nil {
			continue // pair-wrong-params says which ones are meant
		}
		p.Report(diag.Diagnostic{
			Location: via.Node.HeadLocation(),
			Message:  diag.T("uwsgi_pass without uwsgi_params"),
			Why:      diag.T("the application gets neither method nor path: 500 with KeyError: 'REQUEST_METHOD', and uWSGI logs a request without them: () {6 vars in 75 bytes}"),
			Help:     diag.T("add `include uwsgi_params;`"),
			Fix:      &diag.Fix{Message: diag.T("include uwsgi_params"), Edits: []diag.Edit{insertBefore(via.Node, "include uwsgi_params;")}},
		})
	}
}
