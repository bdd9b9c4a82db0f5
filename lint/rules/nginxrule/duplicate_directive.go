package nginxrule

import (
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// DuplicateDirective reports directives that may stand once in a block and
// stand there twice.
var DuplicateDirective = &lint.Rule{
	ID:       "nginx-duplicate-directive",
	Severity: diag.Error,
	Summary:  "a directive that may stand once in its block stands twice",
	Fixable:  true,
	Page:     page("nginx-duplicate-directive"),
	Check:    checkDuplicateDirective,
}

type place struct {
	scope *site.Scope
	id    directive.ID
}

// part is a directive that may stand once in a block for each value.
type part struct {
	place
	value string
}

// partly returns what may stand once of a directive that may stand several
// times: a zone, for the limits.
func partly(n *site.Node) (part, bool) {
	at := place{n.Scope, directive.Find(n.Name.Value)}
	switch n.Name.Value {
	case "load_module":
		return part{at, n.Arg(0)}, true
	case "limit_conn":
		return part{at, n.Arg(0)}, len(n.Args) > 0
	case "limit_req":
		for _, a := range n.Args {
			if zone, ok := strings.CutPrefix(a.Value, "zone="); ok {
				return part{at, zone}, true
			}
		}
	}
	return part{}, false
}

// checkOff finds directives beside the same one with off, which ends the list.
func checkOff(p *lint.Pass, n *site.Node, others, off map[place]*site.Node) {
	switch n.Name.Value {
	case "proxy_redirect", "proxy_cookie_domain", "proxy_cookie_path", "proxy_cookie_flags", "mirror":
	default:
		return
	}
	at := place{n.Scope, directive.Find(n.Name.Value)}
	ends := len(n.Args) == 1 && n.Arg(0) == "off"
	switch {
	case off[at] != nil:
		reportDuplicate(p, off[at], n)
	case ends && others[at] != nil:
		reportDuplicate(p, others[at], n)
	case ends:
		off[at] = n
	default:
		others[at] = n
	}
}

func checkDuplicateDirective(p *lint.Pass) {
	for _, c := range p.Nginx {
		first := map[place]*site.Node{}
		parts := map[part]*site.Node{}
		others, off := map[place]*site.Node{}, map[place]*site.Node{}
		for n := range c.All() {
			if n.Row == nil || len(n.Scope.Nodes) < 2 {
				continue
			}
			if n.Row.Repeatable {
				if key, ok := partly(n); ok {
					if earlier := parts[key]; earlier != nil {
						reportDuplicate(p, earlier, n)
					} else {
						parts[key] = n
					}
				}
				checkOff(p, n, others, off)
				continue
			}
			at := place{n.Scope, directive.Find(n.Name.Value)}
			if earlier := first[at]; earlier != nil {
				reportDuplicate(p, earlier, n)
				continue
			}
			first[at] = n
		}
	}
}

func reportDuplicate(p *lint.Pass, earlier, n *site.Node) {
	d := diag.Diagnostic{
		Location: n.HeadLocation(),
		Message:  diag.T("%q stands twice in this block", n.Name.Value),
		Why:      diag.T("nginx does not start: %q directive is duplicate", n.Name.Value),
		Help:     diag.T("remove one of them"),
		Related:  []diag.Related{{Location: earlier.HeadLocation(), Message: diag.T("the first one")}},
	}
	if sameArguments(earlier, n) && n.Block == nil && n.Terminated {
		d.Fix = &diag.Fix{
			Message: diag.T("remove the second"),
			Edits:   []diag.Edit{{File: n.File.File, Span: n.Line()}},
		}
	}
	p.Report(d)
}

func sameArguments(a, b *site.Node) bool {
	if len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		if a.Args[i].Value != b.Args[i].Value {
			return false
		}
	}
	return true
}
