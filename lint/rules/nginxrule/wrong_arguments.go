package nginxrule

import (
	"slices"
	"strings"

	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx"
	"github.com/deployctl/deployctl/nginx/directive"
	"github.com/deployctl/deployctl/nginx/site"
)

// WrongArguments reports directives with too few, too many or unknown arguments.
var WrongArguments = &lint.Rule{
	ID:       "nginx-wrong-arguments",
	Severity: diag.Error,
	Summary:  "a directive has too few, too many, or unknown arguments",
	Page:     page("nginx-wrong-arguments"),
	Check:    checkWrongArguments,
}

func checkWrongArguments(p *lint.Pass) {
	for _, c := range p.Nginx {
		for n := range c.All() {
			if n.Row == nil || slices.ContainsFunc(n.Args, func(a nginx.Word) bool { return template(a.Value) && strings.Contains(a.Value, "{{") }) {
				continue
			}
			checkArguments(p, n)
		}
	}
}

// checkArguments follows ngx_conf_handler: whether a block follows, then the
// number of arguments, then the words.
func checkArguments(p *lint.Pass, n *site.Node) {
	row := n.Row
	switch {
	case row.Block && n.Block == nil:
		if n.Terminated {
			p.Report(diag.Diagnostic{
				Location: n.Location(0),
				Message:  diag.T("%q has no block", n.Name.Value),
				Why:      diag.T("nginx does not start: directive %q has no opening \"{\"", n.Name.Value),
				Help:     diag.T("write `%s { ... }`", n.Name.Value),
			})
		}
		return
	case !row.Block && n.Block != nil:
		p.Report(diag.Diagnostic{
			Location: n.Location(0),
			Message:  diag.T("%q takes no block", n.Name.Value),
			Why:      diag.T("nginx does not start: directive %q is not terminated by \";\"", n.Name.Value),
		})
		return
	case !row.Args.Accepts(len(n.Args)):
		p.Report(diag.Diagnostic{
			Location: n.HeadLocation(),
			Message:  diag.T("%q has %s, and takes %s", n.Name.Value, counted(len(n.Args)), row.Args),
			Why:      diag.T("nginx does not start: invalid number of arguments in %q directive", n.Name.Value),
		})
		return
	}
	checkWords(p, n)
}

// checkWords compares the arguments with the words of a flag, an enum or a
// bitmask; nginx does not mind their case.
func checkWords(p *lint.Pass, n *site.Node) {
	var words []string
	switch n.Row.Value {
	case "flag":
		words = []string{"on", "off"}
	case "enum", "bitmask":
		words = n.Row.Words
	}
	if len(words) == 0 {
		return
	}
	for i, a := range n.Args {
		if slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, a.Value) }) || template(a.Value) {
			continue
		}
		p.Report(diag.Diagnostic{
			Location: n.Location(i + 1),
			Message:  diag.T("%q is no value of %q", a.Value, n.Name.Value),
			Why:      diag.T("nginx does not start: invalid value %q", a.Value),
			Help:     diag.T("write %s", diag.Or(words)),
		})
	}
}

func counted(n int) directive.Args { return 1 << min(n, 7) }
