package nginxrule

import (
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/nginx/site"
)

// DuplicateListen reports listen directives that nginx does not take together.
var DuplicateListen = &lint.Rule{
	ID:       "nginx-duplicate-listen",
	Severity: diag.Error,
	Summary:  "an address stands twice in a server, or has two default servers or two sets of options",
	Page:     page("nginx-duplicate-listen"),
	Check:    checkDuplicateListen,
}

func checkDuplicateListen(p *lint.Pass) {
	for _, c := range p.Nginx {
		checkStreamAddresses(p, c)
		order, by := addresses(c)
		seen := map[[2]*site.Node]bool{} // pairs that were reported: a range meets another at every port
		for _, key := range order {
			checkAddress(p, by[key], seen)
		}
	}
}

// checkAddress follows ngx_http_add_addresses.
func checkAddress(p *lint.Pass, all []listening, seen map[[2]*site.Node]bool) {
	first := map[*site.Server]listening{}
	var marked, set *listening
	for i := range all {
		l := &all[i]
		report := func(earlier listening, message, why diag.Text) {
			if pair := [2]*site.Node{earlier.node, l.node}; l.node == nil || earlier.node == nil || seen[pair] {
				return
			} else {
				seen[pair] = true
			}
			p.Report(diag.Diagnostic{
				Location: l.node.HeadLocation(), Message: message, Why: why,
				Related: []diag.Related{{Location: earlier.node.HeadLocation(), Message: diag.T("the first one")}},
			})
		}
		if earlier, ok := first[l.server]; ok {
			report(earlier, diag.T("the server listens on %s twice", l.text), diag.T("nginx does not start: a duplicate listen %s", l.text))
			continue
		}
		first[l.server] = *l
		if l.set && set != nil {
			report(*set, diag.T("options of the socket %s stand in a second place", l.text), diag.T("nginx does not start: duplicate listen options for %s", l.text))
		} else if l.set {
			set = l
		}
		if l.marked && marked != nil {
			report(*marked, diag.T("%s has a second default server", l.text), diag.T("nginx does not start: a duplicate default server for %s", l.text))
		} else if l.marked {
			marked = l
		}
	}
}
