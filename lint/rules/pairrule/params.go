package pairrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/nginx/site"
)

// hasParams tells whether a list of uwsgi_param lines tells the application
// what was asked for.
func hasParams(nodes []*site.Node) bool {
	return sets(nodes, "REQUEST_METHOD") || sets(nodes, "PATH_INFO")
}

// openInclude tells whether an include that could not be followed stands in the
// scope or around it: it may hold the parameters.
func openInclude(s *site.Scope) bool {
	for ; s != nil; s = s.Parent {
		if len(s.Here("include")) > 0 {
			return true
		}
	}
	return false
}

// insertBefore adds a directive on a line of its own before a node.
func insertBefore(n *site.Node, text string) diag.Edit {
	e := insertAfter(n, "")
	start := n.Name.Span.Start
	return diag.Edit{File: n.File.File, Span: diag.Span{Start: start, End: start}, New: text + e.New}
}

// outerParams returns the parameters of an outer block that an inner
// uwsgi_param hides, or nil.
func outerParams(s *site.Scope) []*site.Node {
	inner := s.Effective("uwsgi_param")
	if len(inner) == 0 || hasParams(inner) {
		return nil
	}
	for outer := inner[0].Scope.Parent; outer != nil; outer = outer.Parent {
		if nodes := outer.Here("uwsgi_param"); hasParams(nodes) {
			return nodes
		}
	}
	return nil
}
