package nginxrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// IfIsEvil reports an if in a location that holds settings, which nginx applies
// in ways that surprise.
var IfIsEvil = &lint.Rule{
	ID:       "nginx-if-is-evil",
	Severity: diag.Warning,
	Summary:  "an if in a location that does more than return, rewrite and set",
	Page:     page("nginx-if-is-evil"),
	Check:    checkIfIsEvil,
}

// rewriting are the directives that an if carries out in order, as one reads it.
var rewriting = []string{"return", "rewrite", "set", "break", "if", "rewrite_log", "uninitialized_variable_warn"}

// harmless are settings that one if alone may change: its copy of the location
// differs in nothing else.
var harmless = []string{"access_log", "error_log", "limit_rate", "limit_rate_after", "expires", "add_header", "add_trailer"}

func checkIfIsEvil(p *lint.Pass) {
	for _, c := range p.Nginx {
		byLocation := map[*site.Scope][]*site.Node{}
		var order []*site.Scope
		for _, n := range c.Find("if") {
			if n.Body == nil || n.Body.Context != directive.IfInLocation || len(settings(n.Body)) == 0 || answers(n.Body) {
				continue
			}
			if byLocation[n.Scope] == nil {
				order = append(order, n.Scope)
			}
			byLocation[n.Scope] = append(byLocation[n.Scope], n)
		}
		for _, s := range order {
			for i, n := range byLocation[s] {
				reportIf(p, n, i, byLocation[s])
			}
		}
	}
}

// settings returns the directives of an if that are no steps of rewriting.
func settings(s *site.Scope) []*site.Node {
	var found []*site.Node
	for _, n := range s.Nodes {
		if n.Row != nil && n.Name.Value != "include" && !slices.Contains(rewriting, n.Name.Value) {
			found = append(found, n)
		}
	}
	return found
}

// answers tells whether an if ends the request: its settings then hold for that
// answer alone, as in the usual answer to a CORS preflight.
func answers(s *site.Scope) bool {
	if len(s.Here("return")) > 0 {
		return true
	}
	for _, n := range s.Here("rewrite") {
		if flag := n.Arg(2); flag == "redirect" || flag == "permanent" || flag == "last" || strings.HasPrefix(n.Arg(1), "http://") || strings.HasPrefix(n.Arg(1), "https://") {
			return true
		}
	}
	return false
}

func reportIf(p *lint.Pass, n *site.Node, i int, all []*site.Node) {
	found := settings(n.Body)
	at := found[0]
	for _, s := range found {
		if !slices.Contains(harmless, s.Name.Value) {
			at = s
			break
		}
	}
	d := diag.Diagnostic{
		Location: n.HeadLocation(),
		Related:  []diag.Related{{Location: at.HeadLocation(), Message: diag.T("this is no step of rewriting")}},
		Help:     diag.T("choose the value with map and a variable, or use a location of its own"),
	}
	tries := n.Scope.Here("try_files")
	switch {
	case len(tries) > 0:
		d.Message = diag.T("try_files is not carried out where this if holds")
		d.Why = diag.T("an if with settings answers from a copy of the location that lacks try_files: 404")
		d.Related = append(d.Related, diag.Related{Location: tries[0].HeadLocation(), Message: diag.T("the try_files that is left out")})
	case i+1 < len(all):
		d.Message = diag.T("the %s of this if is lost where a later if of the location holds too", at.Name.Value)
		d.Why = diag.T("each if with settings is a copy of the location, and the last one that holds answers")
		d.Related = append(d.Related, diag.Related{Location: all[i+1].HeadLocation(), Message: diag.T("the later if")})
	case !slices.Contains(harmless, at.Name.Value):
		d.Message = diag.T("%s in an if", at.Name.Value)
		d.Why = diag.T("an if with settings answers from a copy of the location, which does not inherit all of it")
	default:
		return
	}
	p.Report(d)
}
