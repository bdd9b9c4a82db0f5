// Package apirule owns the rules that hold an OpenAPI contract against a pair.
package apirule

import (
	"sync"

	"github.com/deployctl/deployctl/api"
	"github.com/deployctl/deployctl/diag"
	"github.com/deployctl/deployctl/lint"
	"github.com/deployctl/deployctl/lint/rules"
	"github.com/deployctl/deployctl/nginx/site"
	"github.com/deployctl/deployctl/pair"
)

// rule is a rule that needs to know what becomes of the contract's operations.
type rule struct {
	lint.Rule
	check func(*lint.Pass, *view)
}

// table are the rules of this package, in the order in which they are listed.
var table = []rule{unroutedOperation, shadowedOperation, methodRefused, bodyLimit, undocumentedRoute}

// For returns the rules that hold a contract against pairs. Without a contract,
// nil, they are there to be listed and find nothing.
func For(spec *api.Spec) []*lint.Rule {
	c := contract{spec: spec}
	all := make([]*lint.Rule, len(table))
	for i, r := range table {
		all[i] = &r.Rule
		all[i].Check = func(p *lint.Pass) {
			if spec != nil && len(p.Nginx) > 0 {
				r.check(p, c.view(p.Pair))
			}
		}
	}
	return all
}

// All returns every rule there is, these among them.
func All(spec *api.Spec) []*lint.Rule { return append(rules.All(), For(spec)...) }

// Bind returns how rules are bound to a contract; with fetch its references may
// lead to the network.
func Bind(fetch bool) lint.Bind {
	return func(path string) ([]*lint.Rule, []*diag.File, error) {
		if path == "" {
			return All(nil), nil, nil
		}
		spec, err := api.Load(path, api.LoadOptions{Fetch: fetch})
		if err != nil {
			return nil, nil, err
		}
		return All(spec), spec.Files(), nil
	}
}

// contract works the coverage out once for all rules. It keeps that of the
// newest pair: a fix makes another one.
type contract struct {
	spec *api.Spec
	mu   sync.Mutex
	last *pair.Pair
	seen *view
}

// view is what the rules look at.
type view struct {
	covered      []api.Covered
	undocumented []*site.Location
}

func (c *contract) view(p *pair.Pair) *view {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last != p {
		covered := api.Coverage(c.spec, p)
		c.last, c.seen = p, &view{covered, api.Undocumented(covered, p)}
	}
	return c.seen
}
