package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
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
		if plain(via.Protocol) != pair.UWSGI || via.Node.Row == nil || fragment(scope) || otherRequests(scope) {
			continue
		}
		have := paramsAt(scope)
		if have.complete() || have.open {
			continue
		}
		if have.scope != nil && paramsAt(have.scope.Parent).complete() {
			continue // pair-params-override says what hides them
		}
		if meantParams(scope) {
			continue // pair-wrong-params says which ones are meant
		}
		d := diag.Diagnostic{
			Location: via.Node.HeadLocation(),
			Message:  diag.T("uwsgi_pass without uwsgi_params"),
			Why:      diag.T("the application gets neither method nor path: 500 with KeyError: 'REQUEST_METHOD', and uWSGI logs a request without them: () {6 vars in 75 bytes}"),
			Help:     diag.T("add `include uwsgi_params;`"),
		}
		if at := via.Node.Place("uwsgi_param"); at != nil {
			d.Fix = &diag.Fix{Message: diag.T("include uwsgi_params"), Edits: []diag.Edit{at.Before("include uwsgi_params;")}}
		}
		if have.scope != nil && have.scope != scope {
			// A list of this block's own would hide the outer one.
			d.Fix = nil
			d.Related = []diag.Related{{Location: have.nodes[0].HeadLocation(), Message: diag.T("the parameters there are tell nothing of the request")}}
		}
		p.Report(d)
	}
}

// meantParams tells whether a block has the parameters of another protocol.
func meantParams(s *site.Scope) bool {
	for _, d := range wrongIncludes(s) {
		if includeKind(d.Arg(0)) != "proxy_params" {
			return true
		}
	}
	return len(s.Here("fastcgi_param"))+len(s.Here("scgi_param")) > 0
}
