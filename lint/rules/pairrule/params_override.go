package pairrule

import (
	"slices"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
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
		if plain(via.Protocol) != pair.UWSGI {
			continue
		}
		inner := paramsAt(via.Node.Scope)
		if inner.scope == nil || inner.open || seen[inner.scope] {
			continue
		}
		seen[inner.scope] = true
		outer := paramsAt(inner.scope.Parent)
		if outer.scope == nil || outer.open {
			continue
		}
		if d, ok := overridden(via, inner, outer); ok {
			p.Report(d)
		}
	}
}

// standard are the parameters of nginx's own file uwsgi_params, which a list
// that is written by hand may leave out on purpose.
var standard = []string{
	"QUERY_STRING", "REQUEST_METHOD", "CONTENT_TYPE", "CONTENT_LENGTH", "REQUEST_URI", "PATH_INFO", "DOCUMENT_ROOT", "SERVER_PROTOCOL",
	"REQUEST_SCHEME", "HTTPS", "REMOTE_ADDR", "REMOTE_PORT", "SERVER_PORT", "SERVER_NAME", "HTTP_HOST",
}

// maxLost bounds the parameters that one finding speaks of and repeats.
const maxLost = 40

// overridden compares two lists, of which the inner one hides the outer one.
func overridden(via *pair.Pass, inner, outer params) (diag.Diagnostic, bool) {
	at := anchor(via, inner)
	d := diag.Diagnostic{
		Location: at.HeadLocation(),
		Why:      diag.T("a list in an inner block replaces the outer one: the application gets neither method nor path, and answers 500 with KeyError: 'REQUEST_METHOD'"),
		Help:     diag.T("repeat `include uwsgi_params;` in this block"),
	}
	if outer.complete() && !inner.complete() {
		if outer.include != nil {
			d.Message = diag.T("this uwsgi_param drops those of %s", outer.include.Arg(0))
			d.Related = []diag.Related{{Location: outer.include.HeadLocation(), Message: diag.T("the inherited parameters")}}
			d.Fix = again(at, "include "+outer.include.Arg(0)+";")
			return d, true
		}
		d.Message = diag.T("this uwsgi_param drops the %d inherited ones", len(outer.nodes))
		d.Related = []diag.Related{{Location: outer.nodes[0].HeadLocation(), Message: diag.T("the inherited parameters")}}
		if arg := includeOf(via.Config.Tree, outer); arg != "" {
			d.Fix = again(at, "include "+arg+";")
		} else {
			d.Help = diag.T("repeat them in this block")
		}
		return d, true
	}
	var lost []*site.Node
	for _, n := range outer.nodes {
		if len(lost) == maxLost {
			break // each block would repeat a list of any length
		}
		if site.First(inner.nodes, n.Arg(0)) == nil && !slices.Contains(standard, n.Arg(0)) {
			lost = append(lost, n)
		}
	}
	if len(lost) == 0 {
		return d, false
	}
	d.Message = diag.T("the parameters of this block drop the inherited %s", lost[0].Arg(0))
	d.Why = diag.T("a list in an inner block replaces the outer one: the application does not get %s here", lost[0].Arg(0))
	d.Help = diag.T("repeat it in this block")
	var text []string
	for _, n := range lost {
		d.Related = append(d.Related, diag.Related{Location: n.HeadLocation(), Message: diag.T("set here")})
		text = append(text, n.File.Text(n.Head())+";")
	}
	if len(lost) < maxLost {
		d.Fix = again(at, text...)
	}
	return d, true
}

// anchor returns a parameter of the list that is written in the file of the
// pass, or the pass itself.
func anchor(via *pair.Pass, list params) *site.Node {
	for _, n := range list.nodes {
		if n.File == via.Node.File {
			return n
		}
	}
	if list.include != nil {
		return list.include
	}
	return via.Node
}

// again returns the fix that writes lines before a node.
func again(at *site.Node, lines ...string) *diag.Fix {
	return &diag.Fix{Message: diag.T("repeat what is inherited"), Edits: []diag.Edit{at.Before(lines...)}}
}

// includeOf returns the argument of the include that brought a list's
// parameters, or "" when they are written in the block itself.
func includeOf(tree *nginx.Config, list params) string {
	written, file := includes(list.scope)
	if len(list.nodes) == 0 || list.nodes[0].File == file {
		return ""
	}
	for _, d := range written {
		if slices.Contains(tree.Included[d], list.nodes[0].File) {
			return d.Arg(0)
		}
	}
	return ""
}
